/** `POST /admin/v1/host-access-requests/{id}/allow`: the app may act on the page's site from now on. @module */
import { allowHostAccess } from "../../../../../broker/actions/allow_host_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { HostAccessCardId, ReviewedBody } from "../../../../../broker/schema/host_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, params, state: { broker } }) {
    const id = readId(params["id"], HostAccessCardId);
    const { reviewToken } = await readJson(req, ReviewedBody);
    return answerJson(await allowHostAccess(broker, id, reviewToken));
  },
});
