/** `POST /admin/v1/host-access-requests/{id}/seen`: its card is on the screen. @module */
import { markHostAccessSeen } from "../../../../../broker/actions/mark_host_access_seen.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { HostAccessCardId } from "../../../../../broker/schema/host_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  POST({ params, state: { broker } }) {
    markHostAccessSeen(broker, readId(params["id"], HostAccessCardId));
    return new Response(null, { status: 204 });
  },
});
