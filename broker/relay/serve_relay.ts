/** The relay as the web front starts it: one authenticated WebSocket of one app, joined to the broker. @module */
import { openFetch } from "../actions/open_fetch.ts";
import { openListenerSession } from "../actions/open_listener_session.ts";
import { openTcpSession } from "../actions/open_tcp_session.ts";
import { openUdpSession } from "../actions/open_udp_session.ts";
import type { Broker } from "../actions/ports.ts";
import { appIsBack, waitForApp } from "../actions/wait_for_app.ts";
import type { App } from "../schema/app.ts";
import type { CredentialId } from "../schema/ids.ts";
import { relayCloseCode } from "../schema/relay_wire.ts";
import type { ReattachableStream } from "./reattachable_stream.ts";
import { ReattachTable } from "./reattach_table.ts";
import { RelayConnection } from "./relay_connection.ts";
import type { RelaySocket } from "./relay_socket.ts";

/**
 * Serves one relay until its WebSocket closes. To be called once the upgrade is done and the app authenticated; the
 * upgrade answers the subprotocol `gatehouse.v1`, and its server takes messages of at most `maxMessageBytes`, without
 * compression. Never throws, and no fault of one socket reaches another.
 *
 * @param credentialId Which of the app's tokens opened it: what is parked is given to a relay of the same one only.
 * @returns The relay: `close(code, reason)` ends it with all of its sockets, `closed` resolves when it is over.
 */
export function serveRelay(
  broker: Broker,
  app: App,
  webSocket: RelaySocket,
  credentialId: CredentialId | null = null,
): RelayConnection {
  const contextId = broker.secrets.newId("ctx");
  const relay = new RelayConnection({
    webSocket,
    contextId,
    opens: {
      fetch: (ask, events) => openFetch(broker, app.id, ask, events),
      tcp: (ask, events) => openTcpSession(broker, app.id, ask, events),
      tcpServer: (ask, events) => openListenerSession(broker, app.id, ask, events),
      udp: (ask, events) => openUdpSession(broker, app.id, ask, events),
    },
    reattach: {
      table: reattachTable(broker),
      owner: { appId: app.id, credentialId },
      onParked: (session) => waitForApp(broker, session),
      onResumed: (session, contextId) => appIsBack(broker, session, contextId),
    },
    clock: broker.clock,
    log: broker.log,
  });
  broker.contexts.add(app.id, contextId);
  const unsubscribe = broker.store.subscribe((change) => {
    const gone = change.removed.some((put) => put.noun === "app" && put.id === app.id);
    if (gone) relay.close(relayCloseCode.policyViolation, "The app is no longer installed.");
  });
  relay.closed.then(() => {
    unsubscribe();
    broker.contexts.remove(app.id, contextId);
  });
  return relay;
}

/** Kept as long as the broker itself. */
const tables = new WeakMap<Broker["sessions"], ReattachTable<ReattachableStream>>();

function reattachTable(broker: Broker): ReattachTable<ReattachableStream> {
  let table = tables.get(broker.sessions);
  if (!table) tables.set(broker.sessions, table = new ReattachTable(broker.secrets));
  return table;
}
