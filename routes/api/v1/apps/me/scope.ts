/** `GET /api/v1/apps/me/scope?url=`: whether a URL belongs to the calling app. @module */
import { acceptedApp } from "../../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { ownScope } from "../../../../../broker/core/own_scope.ts";
import { OwnScopeQuery } from "../../../../../broker/schema/own_scope.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, url, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const query = readQuery(url, OwnScopeQuery);
    const record = broker.store.get("manifest", app.id)?.record ?? null;
    return answerJson(ownScope(app, record, query.url));
  },
});
