/** Who opens a relay: the app token, carried as a WebSocket subprotocol because a page can set no header. @module */
import { relaySubprotocol, relayTokenPrefix } from "../schema/relay_wire.ts";

/**
 * Reads the subprotocols that an upgrade request offers.
 *
 * @param offered The raw `Sec-WebSocket-Protocol` header, or null when there is none.
 * @returns The app token (null when none is offered), or null when the offer is not for this wire. The answer to an
 * offer is always `gatehouse.v1` alone, so that the token is never sent back.
 */
export function readRelayOffer(offered: string | null): { token: string | null } | null {
  const names = (offered ?? "").split(",").map((name) => name.trim());
  if (!names.includes(relaySubprotocol)) return null;
  const token = names.find((name) => name.startsWith(relayTokenPrefix));
  return { token: token === undefined ? null : token.slice(relayTokenPrefix.length) };
}
