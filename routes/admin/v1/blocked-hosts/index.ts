/** `GET, POST /admin/v1/blocked-hosts`: the hosts that no app may reach, and one more. @module */
import { blockHost } from "../../../../broker/actions/block_host.ts";
import { blockedHosts } from "../../../../broker/actions/blocked_hosts.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { BlockHostBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    return answerJson({ hosts: blockedHosts(broker) });
  },
  async POST({ req, state: { broker } }) {
    const { host } = await readJson(req, BlockHostBody);
    return answerJson(await blockHost(broker, host));
  },
});
