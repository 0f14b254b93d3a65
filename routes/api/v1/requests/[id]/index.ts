/** `GET, DELETE /api/v1/requests/{id}`: an app looks at its request, or withdraws it. @module */
import { findOwnRequest } from "../../../../../broker/actions/find_own_request.ts";
import { ownRequest } from "../../../../../broker/actions/own_request.ts";
import { withdrawRequest } from "../../../../../broker/actions/withdraw_request.ts";
import { acceptedApp } from "../../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, params, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const id = readId(params["id"], RequestId);
    return answerJson(ownRequest(findOwnRequest(broker, app, id)));
  },
  async DELETE({ req, params, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const { id } = findOwnRequest(broker, app, readId(params["id"], RequestId));
    return answerJson(ownRequest(await withdrawRequest(broker, id)));
  },
});
