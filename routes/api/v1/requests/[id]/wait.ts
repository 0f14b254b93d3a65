/** `GET /api/v1/requests/{id}/wait`: a long poll until a request ends. @module */
import { awaitRequest } from "../../../../../broker/actions/await_request.ts";
import { findOwnRequest } from "../../../../../broker/actions/find_own_request.ts";
import { ownRequest } from "../../../../../broker/actions/own_request.ts";
import { acceptedApp } from "../../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readQuery } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { waitAtMost } from "../../../../../broker/http/wait_signal.ts";
import { WaitQuery } from "../../../../../broker/schema/app_api.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ req, url, params, state: { broker, web } }) {
    const app = acceptedApp(broker, req);
    const { id } = findOwnRequest(broker, app, readId(params["id"], RequestId));
    const { timeoutMs } = readQuery(url, WaitQuery);
    const signals = [req.signal, web.stopping];
    const request = await waitAtMost(
      broker.clock,
      timeoutMs,
      signals,
      (signal) => awaitRequest(broker, id, signal),
    );
    return answerJson(ownRequest(request));
  },
});
