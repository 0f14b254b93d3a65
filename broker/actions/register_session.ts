/** Registering an open socket: it joins the live sessions, uses up a once-only grant, and is reviewed once more. @module */
import type { Target } from "../core/target.ts";
import type { Decision } from "../schema/decision.ts";
import type { Grant } from "../schema/grant.ts";
import type { Capability } from "../schema/capability.ts";
import type { AppId, ContextId } from "../schema/ids.ts";
import type { Session, SessionError, TlsFacts } from "../schema/session.ts";
import type { Broker, Endpoint, LiveSession, Stored } from "./ports.ts";
import { reviewSession } from "./review_sessions.ts";
import { recordClosed, recordOpened } from "./session_history.ts";
import type { OpenSession, SocketEvents } from "./socket_session.ts";

/** A socket that was opened under a decision. */
export interface OpenedSocket {
  appId: AppId;
  /** The relay that it runs over. */
  contextId: ContextId;
  capability: Capability;
  target: Target;
  /** Every address that was decided on. */
  addresses: readonly string[];
  local: Endpoint;
  /** The other end; null for a socket that has none of its own. */
  remote: Endpoint | null;
  /** How it is encrypted; null when it is plain. */
  tls: TlsFacts | null;
  decision: Decision;
  events: Pick<SocketEvents, "onCut">;
  /** Gives the connection back to the app's limits. */
  leave: () => void;
  /** Closes the socket; later calls do nothing. */
  close: () => void;
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
): Promise<OpenSession | null> {
  const { decision, events, leave, close } = socket;
  const session = describe(broker, socket);
  const spent = onceGrant(broker, decision);
  if (
    spent && !(await spend(broker, spent, session).catch((fault) => {
      close();
      throw fault;
    }))
  ) {
    close();
    return null;
  }
  let cut = false;
  const end = (error: SessionError | null) => {
    close();
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
  return { session, end };
}

function describe(broker: Broker, socket: OpenedSocket): Session {
  const { appId, contextId, capability, target, addresses, local, remote, tls, decision } = socket;
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
