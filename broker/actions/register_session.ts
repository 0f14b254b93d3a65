/** Registering an open socket: it joins the live sessions, uses up a once-only grant, and is reviewed once more. @module */
import type { Target } from "../core/target.ts";
import type { Decision } from "../schema/decision.ts";
import type { Capability } from "../schema/capability.ts";
import type { AppId, ContextId, GrantId } from "../schema/ids.ts";
import type { DatagramCounts, Session, SessionError, TlsFacts } from "../schema/session.ts";
import { onceGrant, spendOnce } from "./once_grant.ts";
import type { Broker, Endpoint, LiveSession } from "./ports.ts";
import { reviewSession } from "./review_sessions.ts";
import { recordClosed, recordOpened } from "./session_history.ts";
import type { OpenSession, SocketEvents } from "./socket_session.ts";

/** A socket that was opened under a decision. */
export interface OpenedSocket {
  appId: AppId;
  /** The relay that it runs over. */
  contextId: ContextId;
  capability: Capability;
  target: Pick<Target, "text">;
  /** Every address that was decided on. */
  addresses: readonly string[];
  local: Endpoint;
  /** The other end; null for a socket that has none of its own. */
  remote: Endpoint | null;
  /** How it is encrypted; null when it is plain. */
  tls: TlsFacts | null;
  decision: Decision;
  events: Pick<SocketEvents, "onCut">;
  /** The listener that accepted it, under whose permission it stands; absent for a socket that the app asked for itself. */
  listener?: RegisteredSession;
  /** Whether it carries datagrams, which are counted then. */
  countsDatagrams?: boolean;
  /** Once-only grants that it uses up while it is open, for destinations and groups: they end with it. */
  alsoSpent?: ReadonlySet<GrantId>;
  /** Decides again on what it was allowed beside its own target. */
  review?: () => void;
  /** Gives the connection back to the app's limits. */
  leave: () => void;
  /** Closes the socket; later calls do nothing. */
  close: () => void;
}

/** A registered session. */
export interface RegisteredSession extends OpenSession {
  /** The once-only grant that it, or the listener that accepted it, has used up; null when there is none. */
  readonly onceGrantId: GrantId | null;
}

/**
 * Registers the session. Answers null, with the socket closed, when what allowed it has gone meanwhile: the caller
 * then decides again.
 *
 * @throws StoreUnavailableError, with the socket closed, when a once-only grant can't be used up.
 */
export async function registerSession(
  broker: Broker,
  socket: OpenedSocket,
): Promise<RegisteredSession | null> {
  const { decision, events, leave, close, listener } = socket;
  const session = describe(broker, socket);
  const spent = listener ? undefined : onceGrant(broker, decision);
  if (
    spent && !(await spendOnce(broker, spent, session.id).catch((fault) => {
      close();
      throw fault;
    }))
  ) {
    close();
    return null;
  }
  const onceGrantId = listener?.onceGrantId ?? spent?.record.id ?? null;
  let cut = false;
  const end = (error: SessionError | null) => {
    close();
    leave();
    if (!broker.sessions.get(session.id)) return;
    broker.sessions.remove(session.id, error, broker.clock.nowMs());
    const isLast = onceGrantId !== null && !hasKin(broker, session);
    const spentIds = [...(isLast ? [onceGrantId] : []), ...(socket.alsoSpent ?? [])];
    recordClosed(broker, session, spentIds.map((id) => ({ noun: "grant", id })));
  };
  const live: LiveSession = {
    session,
    ...(socket.review && { review: socket.review }),
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
  return { session, end, onceGrantId };
}

const noDatagrams: DatagramCounts = { sent: 0, received: 0, droppedSent: 0, droppedReceived: 0 };

/** Whether the listener of a session, or another connection of the same listener, is still open. */
function hasKin(broker: Broker, session: Session): boolean {
  const listenerId = session.listenerId ?? session.id;
  for (const { session: other } of broker.sessions.list()) {
    if (other.id === listenerId || other.listenerId === listenerId) return true;
  }
  return false;
}

function describe(broker: Broker, socket: OpenedSocket): Session {
  const { appId, contextId, capability, target, addresses, local, remote, tls, decision } = socket;
  const listenerId = socket.listener?.session.id;
  return {
    id: broker.secrets.newId("sess"),
    appId,
    contextId,
    capability,
    target: target.text,
    addresses: [...addresses],
    remoteAddress: remote?.address ?? null,
    remotePort: remote?.port ?? null,
    localAddress: local.address,
    localPort: local.port,
    secureTransport: tls !== null,
    ...(tls && { tls }),
    ...(listenerId && { listenerId }),
    ruleIds: decision.ruleIds,
    openedAtMs: broker.clock.nowMs(),
    bytesSent: 0,
    bytesReceived: 0,
    ...(socket.countsDatagrams && { datagrams: { ...noDatagrams } }),
    closedAtMs: null,
    error: null,
  };
}
