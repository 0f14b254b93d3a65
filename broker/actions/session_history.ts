/** What sessions leave in the history: a line each while they are few, sums when an app opens many. @module */
import type { AppId, SessionId } from "../schema/ids.ts";
import type { HistoryDraft } from "../schema/history.ts";
import type { Session, SessionError, TlsFacts } from "../schema/session.ts";
import { historyDraft } from "./history_draft.ts";
import type { Batch, Broker } from "./ports.ts";

/** How many sessions of one app are told one by one in {@link spanMs}: more would push what people decided out. */
export const maxToldSessions = 300;
/** After this time an app's sessions are told one by one again. */
export const spanMs = 60 * 60 * 1000;

/** What is known of one app's sessions in the span that runs. */
interface Span {
  toldCount: number;
  /** Sessions whose opening was told: their end is told too. */
  readonly told: Set<SessionId>;
  readonly sum: { sessions: number; bytesSent: number; bytesReceived: number };
  cancel: () => void;
}

/** Sessions that a person or a policy cut: what an app can't repeat at will. */
const cutCodes: ReadonlySet<SessionError["code"]> = new Set([
  "permission-ended",
  "closed-by-person",
]);

/** Kept as long as the broker itself. */
const spans = new WeakMap<Broker["store"], Map<AppId, Span>>();

function spanOf(broker: Broker, appId: AppId): Span {
  let byApp = spans.get(broker.store);
  if (!byApp) spans.set(broker.store, byApp = new Map());
  let span = byApp.get(appId);
  if (!span) {
    span = {
      toldCount: 0,
      told: new Set(),
      sum: { sessions: 0, bytesSent: 0, bytesReceived: 0 },
      cancel: broker.clock.setTimer(spanMs, () => endSpan(broker, appId)),
    };
    byApp.set(appId, span);
  }
  return span;
}

/** Tells that a session opened, unless its app has opened too many of late. */
export function recordOpened(broker: Broker, session: Session): void {
  const span = spanOf(broker, session.appId);
  if (span.toldCount >= maxToldSessions) return;
  span.toldCount++;
  span.told.add(session.id);
  const message = openedMessage(session);
  write(broker, { history: [draft(broker, "session-opened", session, message)] });
}

/** Tells that a session that began in plain text is encrypted from here on, if its opening was told. */
export function recordEncrypted(broker: Broker, session: Session): void {
  if (!spanOf(broker, session.appId).told.has(session.id)) return;
  const message = `Encrypted the connection to ${session.target}.`;
  write(broker, { history: [draft(broker, "session-encrypted", session, message)] });
}

/**
 * Tells that a session closed, or adds it to the sum. One that was cut is always told.
 *
 * @param removals What goes with it in the same commit.
 */
export function recordClosed(
  broker: Broker,
  session: Session,
  removals: NonNullable<Batch["removals"]>,
): void {
  const { told, sum } = spanOf(broker, session.appId);
  const message = session.error?.message ?? closedMessage(session);
  if (told.delete(session.id) || (session.error && cutCodes.has(session.error.code))) {
    return write(broker, {
      removals,
      history: [draft(broker, "session-closed", session, message)],
    });
  }
  sum.sessions++;
  sum.bytesSent += session.bytesSent;
  sum.bytesReceived += session.bytesReceived;
  if (removals.length > 0) write(broker, { removals });
}

/** Tells the sums that are still open; for when the broker stops. */
export function endSpans(broker: Broker): void {
  for (const appId of [...spans.get(broker.store)?.keys() ?? []]) endSpan(broker, appId);
}

function endSpan(broker: Broker, appId: AppId): void {
  const span = spans.get(broker.store)?.get(appId);
  if (!span) return;
  span.cancel();
  const { sum, told } = span;
  if (sum.sessions > 0) {
    const message = `${sum.sessions} more connections were opened and closed.`;
    const app = broker.store.get("app", appId)?.record;
    const facts = { app, message, detail: { ...sum } };
    write(broker, { history: [historyDraft(broker, "session-closed", "app", facts)] });
  }
  spans.get(broker.store)?.delete(appId);
  // Those still open were told to be open, so their end is told in whatever span it falls.
  for (const id of told) if (broker.sessions.get(id)) spanOf(broker, appId).told.add(id);
}

function openedMessage({ target, listenerId, capability, localAddress, localPort }: Session) {
  if (capability === "udp-bind") return `Opened UDP on ${hostAndPort(localAddress, localPort)}.`;
  if (capability !== "tcp-listen") return `Connected to ${target}.`;
  const place = hostAndPort(localAddress, localPort);
  return listenerId ? `Accepted a connection to ${place}.` : `Listening on ${place}.`;
}

function closedMessage({ target, listenerId, capability, localAddress, localPort }: Session) {
  if (capability === "udp-bind") return `Closed UDP on ${hostAndPort(localAddress, localPort)}.`;
  if (capability !== "tcp-listen") return `Closed the connection to ${target}.`;
  const place = hostAndPort(localAddress, localPort);
  return listenerId ? `Closed a connection to ${place}.` : `Stopped listening on ${place}.`;
}

function hostAndPort(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function draft(
  broker: Broker,
  kind: "session-opened" | "session-encrypted" | "session-closed",
  session: Session,
  message: string,
): HistoryDraft {
  const { id, remoteAddress, tls, bytesSent, bytesReceived, openedAtMs, ruleIds, error } = session;
  const { listenerId, datagrams } = session;
  const figures = kind === "session-closed"
    ? {
      ...{ bytesSent, bytesReceived, openedAtMs, error: error && ended(error) },
      ...(datagrams && { datagrams: { ...datagrams } }),
    }
    : {};
  return historyDraft(broker, kind, error === null ? "app" : "broker", {
    app: broker.store.get("app", session.appId)?.record,
    capability: session.capability,
    target: session.target,
    message,
    detail: {
      sessionId: id,
      remoteAddress,
      ...(tls && { tls: tlsDetail(tls) }),
      ...(listenerId && { listenerId }),
      ruleIds,
      ...figures,
    },
  });
}

/** Without members that are undefined, which JSON does not have. */
function tlsDetail({ serverName, alpn, certificate, clientCertificate }: TlsFacts) {
  return {
    serverName,
    alpn,
    ...(certificate && { certificate }),
    ...(clientCertificate && { clientCertificate }),
  };
}

function ended({ code, phase, message }: SessionError) {
  return { code, phase, message };
}

/** Writes without holding the socket up; what can't be written is logged, and the socket works on. */
function write(broker: Broker, batch: Batch): void {
  broker.store.commit(batch).catch((fault) => broker.log.error("session-not-recorded", fault));
}
