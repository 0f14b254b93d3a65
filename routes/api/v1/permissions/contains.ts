/** `POST /api/v1/permissions/contains`: whether an app has access to every one of these sites. @module */
import { containsHosts } from "../../../../broker/actions/contains_hosts.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { HostPermissions } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const contains = containsHosts(broker, app, await readJson(req, HostPermissions));
    return answerJson({ contains });
  },
});
