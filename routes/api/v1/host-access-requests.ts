/** `PUT, DELETE /api/v1/host-access-requests`: an app asks for access to the page in a tab, or takes that back. @module */
import { requestHostAccess } from "../../../broker/actions/request_host_access.ts";
import { withdrawHostAccess } from "../../../broker/actions/withdraw_host_access.ts";
import { installedCaller } from "../../../broker/http/app_access.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { HostAccessBody } from "../../../broker/schema/host_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async PUT({ req, state: { broker } }) {
    const caller = installedCaller(broker, req);
    return answerJson(requestHostAccess(broker, caller, await readJson(req, HostAccessBody)));
  },
  async DELETE({ req, state: { broker } }) {
    const caller = installedCaller(broker, req);
    return answerJson(withdrawHostAccess(broker, caller, await readJson(req, HostAccessBody)));
  },
});
