/** How a relay gets its sockets: the actions that open them, bound to one app. @module */
import type { OpenSocket } from "./open_socket.ts";

/** An action for each kind of socket that OPEN can ask for. */
export interface RelayOpens {
  readonly tcp: OpenSocket;
}
