/** `POST /api/v1/permissions/request-origins`: asks the person for access to sites that the app declares. @module */
import { ownRequest } from "../../../../broker/actions/own_request.ts";
import { requestOrigins } from "../../../../broker/actions/request_origins.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { RequestOriginsBody } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const body = await readJson(req, RequestOriginsBody);
    const { state, requests } = await requestOrigins(broker, app, body);
    return answerJson({ state, requests: requests.map(ownRequest) });
  },
});
