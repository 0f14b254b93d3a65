/** Registering an open socket: it joins the live sessions, uses up a once-only grant, and is reviewed once more. @module */
import type { Target } from "../core/target.ts";
import type { Decision } from "../schema/decision.ts";
import type { Grant } from "../schema/grant.ts";
import type { AppId } from "../schema/ids.ts";
import type { Session, SessionError, TlsFacts } from "../schema/session.ts";
import type { Broker, LiveSession, Stored, TcpConnection } from "./ports.ts";
import { reviewSession } from "./review_sessions.ts";
import { recordClosed, recordOpened } from "./session_history.ts";
import type { OpenTcpSession, TcpAsk, TcpEvents } from "./tcp_session.ts";

/** A socket that was dialed under a decision. */
export interface Dialed {
  appId: AppId;
  ask: TcpAsk;
  target: Target;
  addresses: readonly string[];
  connection: TcpConnection;
  /** How it is encrypted; null when it is plain. */
  tls: TlsFacts | null;
  decision: Decision;
  events: TcpEvents;
  /** Gives the connection back to the app's limits. */
  leave: () => void;
}

/**
 * Registers the session. Answers null, with the connection closed, when what allowed it has gone meanwhile: the caller
 * then decides again.
 *
 * @throws StoreUnavailableError, with the connection closed, when a once-only grant can't be used up.
 */
export async function registerSession(
  broker: Broker,
  dialed: Dialed,
): Promise<OpenTcpSession | null> {
  const { connection, decision, events, leave } = dialed;
  const session = describe(broker, dialed);
  const spent = onceGrant(broker, decision);
  if (
    spent && !(await spend(broker, spent, session).catch((fault) => {
      connection.close();
      throw fault;
    }))
  ) {
    connection.close();
    return null;
  }
  let cut = false;
  const end = (error: SessionError | null) => {
    connection.close();
    leave();
    if (!broker.sessions.get(session.id)) return;
    broker.sessions.remove(session.id, error, broker.clock.nowMs());
    recordClosed(broker, session, spent ? [{ noun: "grant", id: spent.record.id }] : []);
  };
  const live: LiveSession = {
    session,
    close: (error) => {
      cut = true;
      end(error);
      if (registered) events.onCut(error);
    },
  };
  let registered = false;
  broker.sessions.add(live);
  recordOpened(broker, session);
  reviewSession(broker, live);
  if (cut) return null;
  registered = true;
  return { session, connection, end };
}

function describe(
  broker: Broker,
  { appId, ask, target, addresses, connection, tls, decision }: Dialed,
): Session {
  return {
    id: broker.secrets.newId("sess"),
    appId,
    contextId: ask.contextId,
    capability: "tcp-connect",
    target: target.text,
    addresses: [...addresses],
    remoteAddress: connection.remote.address,
    remotePort: connection.remote.port,
    localAddress: connection.local.address,
    localPort: connection.local.port,
    secureTransport: tls !== null,
    ...(tls && { tls }),
    ruleIds: decision.ruleIds,
    openedAtMs: broker.clock.nowMs(),
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
  };
}

function onceGrant(broker: Broker, decision: Decision): Stored<"grant"> | undefined {
  return decision.ruleIds
    .map((id) => broker.store.get("grant", id))
    .find((stored) => stored?.record.duration.kind === "once");
}

/** Uses a grant up; false when another session was first, be it long ago. */
async function spend(
  { store }: Broker,
  { record, version }: Stored<"grant">,
  session: Session,
): Promise<boolean> {
  if (record.spentBy !== null) return false;
  const spent: Grant = { ...record, spentBy: session.id };
  const { committed } = await store.commit({
    checks: [{ noun: "grant", id: record.id, version }],
    puts: [{ noun: "grant", id: record.id, record: spent }],
  });
  return committed;
}
