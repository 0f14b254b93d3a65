/** `GET /api/v1/permissions`: the grants that an app has. @module */
import { listHosts } from "../../../../broker/actions/list_hosts.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { ownGrant } from "../../../../broker/actions/own_grant.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const permissions = broker.store.grantsOf(app.id).all.map(ownGrant);
    return answerJson({ permissions, origins: listHosts(broker, app) });
  },
});
