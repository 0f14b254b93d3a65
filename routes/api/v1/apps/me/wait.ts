/** `GET /api/v1/apps/me/wait`: a long poll until a person has installed the app. @module */
import { awaitInstallation } from "../../../../../broker/actions/await_installation.ts";
import { callingApp } from "../../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { waitAtMost } from "../../../../../broker/http/wait_signal.ts";
import { WaitQuery } from "../../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ req, url, state: { broker, web } }) {
    const { app, credential } = callingApp(broker, req);
    const { timeoutMs } = readQuery(url, WaitQuery);
    const signals = [req.signal, web.stopping];
    return answerJson(
      await waitAtMost(
        broker.clock,
        timeoutMs,
        signals,
        (signal) => awaitInstallation(broker, app.id, credential.id, signal),
      ),
    );
  },
});
