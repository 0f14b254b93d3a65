/** Encrypting a session that began in plain text: verify the server, then show the session as what it is now. @module */
import type { Target } from "../core/target.ts";
import type { TlsWish } from "../schema/relay.ts";
import type { Session, TlsFacts } from "../schema/session.ts";
import { type Broker, ConnectError, type TcpConnection } from "./ports.ts";
import { reviewSession } from "./review_sessions.ts";
import { recordEncrypted } from "./session_history.ts";
import { startTlsOptions } from "./start_tls_options.ts";

/**
 * Encrypts an open session's connection. What allowed it in plain text allows it encrypted, under whichever name: an app
 * that may send any bytes could do TLS by itself. It is decided on once more all the same, as what it is now.
 *
 * @throws ConnectError with phase `tls`, or `policy` when the wish names no server or the permission ended. The caller closes
 * the connection then.
 */
export async function encryptSession(
  broker: Broker,
  { session, connection }: { session: Session; connection: TcpConnection },
  target: Target,
  wish: TlsWish,
  signal: AbortSignal,
): Promise<TlsFacts> {
  const tls = await connection.startTls(startTlsOptions(wish, target, signal));
  const live = broker.sessions.get(session.id);
  if (!live) {
    throw new ConnectError({
      code: "permission-ended",
      phase: "policy",
      message: `The connection to ${session.target} was closed while it was encrypted.`,
    });
  }
  session.secureTransport = true;
  session.tls = tls;
  broker.sessions.changed(session.id);
  recordEncrypted(broker, session);
  reviewSession(broker, live);
  return tls;
}
