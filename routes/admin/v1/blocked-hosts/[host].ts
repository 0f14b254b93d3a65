/** `DELETE /admin/v1/blocked-hosts/{host}`: lets apps reach a host again, as far as they are granted. @module */
import { unblockHost } from "../../../../broker/actions/unblock_host.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readId } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { HostText } from "../../../../broker/schema/blocked_host.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async DELETE({ params, state: { broker } }) {
    return answerJson(await unblockHost(broker, readId(params["host"], HostText)));
  },
});
