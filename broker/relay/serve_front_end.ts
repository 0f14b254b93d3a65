/** The front ends as the web front starts them: one authenticated WebSocket of one app, joined to the broker. @module */
import { openTcpSession } from "../actions/open_tcp_session.ts";
import { openUdpSession } from "../actions/open_udp_session.ts";
import type { Broker } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";
import { relayCloseCode } from "../schema/relay_wire.ts";
import { TunnelConnection, type TunnelSocket, type TunnelTarget } from "./tunnel_connection.ts";
import type { RelaySocket } from "./relay_socket.ts";
import { WispConnection, type WispVersion } from "./wisp_connection.ts";

/**
 * Serves one Wisp connection until its WebSocket closes. To be called once the upgrade is done and the app authenticated.
 * Never throws, and no fault of one stream reaches another.
 */
export function serveWisp(
  broker: Broker,
  app: App,
  webSocket: RelaySocket,
  version: WispVersion,
): WispConnection {
  return serve(broker, app, (common) => new WispConnection({ ...common, webSocket, version }));
}

/** Serves one tunnel until its WebSocket closes. To be called as {@link serveWisp} is. */
export function serveTunnel(
  broker: Broker,
  app: App,
  webSocket: TunnelSocket,
  target: TunnelTarget,
): TunnelConnection {
  return serve(broker, app, (common) => new TunnelConnection({ ...common, webSocket, target }));
}

type Common = Pick<
  ConstructorParameters<typeof WispConnection>[0],
  "contextId" | "open" | "openUdp" | "clock" | "log"
>;

/** Joins a connection to its app: it is a context of the app while it lasts, and ends with it. */
function serve<Connection extends Pick<WispConnection, "closed" | "close">>(
  broker: Broker,
  app: App,
  start: (common: Common) => Connection,
): Connection {
  const contextId = broker.secrets.newId("ctx");
  broker.contexts.add(app.id, contextId);
  const connection = start({
    contextId,
    open: (ask, events) => openTcpSession(broker, app.id, ask, events),
    openUdp: (ask, events) => openUdpSession(broker, app.id, ask, events),
    clock: broker.clock,
    log: broker.log,
  });
  const unsubscribe = broker.store.subscribe((change) => {
    const gone = change.removed.some((put) => put.noun === "app" && put.id === app.id);
    if (gone) connection.close(relayCloseCode.policyViolation, "The app is no longer installed.");
  });
  connection.closed.then(() => {
    unsubscribe();
    broker.contexts.remove(app.id, contextId);
  });
  return connection;
}
