/** Opening a UDP socket for an app, connected or bound. @module */
import type { AppId } from "../schema/ids.ts";
import { openBoundUdp } from "./open_bound_udp.ts";
import { openConnectedUdp } from "./open_connected_udp.ts";
import type { Broker } from "./ports.ts";
import type { SocketEvents } from "./socket_session.ts";
import type { OpenUdpSession, UdpAsk } from "./udp_session.ts";

/**
 * Opens a UDP socket under the app's permissions, asking the person where there is no answer yet.
 *
 * @throws ConnectError with phase `policy`, `dns` or `connect`.
 */
export async function openUdpSession(
  broker: Broker,
  appId: AppId,
  ask: UdpAsk,
  events: SocketEvents,
): Promise<OpenUdpSession> {
  return ask.kind === "connected"
    ? await openConnectedUdp(broker, appId, ask, events)
    : await openBoundUdp(broker, appId, ask, events);
}
