/** `GET /api/v1/relay` without an upgrade: the server in front takes the upgrades before they come here. @module */
import { ActionError } from "../../../broker/actions/action_error.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET() {
    throw new ActionError(
      "upgrade-required",
      "Open this as a WebSocket, with the subprotocols `gatehouse.v1` and `gatehouse.token.TOKEN`.",
    );
  },
});
