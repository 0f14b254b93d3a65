/** `POST /admin/v1/host-access-requests/{id}/dismiss`: nothing is shown on the tab until it leaves its site. @module */
import { dismissHostAccess } from "../../../../../broker/actions/dismiss_host_access.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { HostAccessCardId, ReviewedBody } from "../../../../../broker/schema/host_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, params, state: { broker } }) {
    const id = readId(params["id"], HostAccessCardId);
    const { reviewToken } = await readJson(req, ReviewedBody);
    await dismissHostAccess(broker, id, reviewToken);
    return new Response(null, { status: 204 });
  },
});
