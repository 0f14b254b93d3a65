/** How a relay gets its sockets: the action `openTcpSession`, bound to one app. @module */
import type { TcpConnection } from "../actions/ports.ts";
import type { ContextId, RequestId } from "../schema/ids.ts";
import type { Session, SessionError } from "../schema/session.ts";

/** What an app asks for when it opens a TCP connection. */
export interface TcpOpening {
  contextId: ContextId;
  remoteAddress: string;
  remotePort: number;
  noDelay: boolean;
  keepAlive: boolean;
  family?: 4 | 6;
  reason: string | null;
  userActivation: boolean;
}

/** What an opening says while it is under way, and afterwards. */
export interface OpeningHooks {
  /** Aborted when the app no longer wants the connection. */
  signal: AbortSignal;
  /** The person is being asked. */
  onWaiting(requestId: RequestId): void;
  /** The permission ended or the person closed the connection, which is closed already. */
  onCut(error: SessionError): void;
}

/** An open connection and its session. */
export interface OpenedTcp {
  session: Session;
  connection: TcpConnection;
  /** Takes the session out of the table. To be called once, with why it ended; null when both ends were done. */
  end(error: SessionError | null): void;
}

/**
 * Opens a TCP connection for the app whose relay this is.
 *
 * @throws ConnectError with phase `policy`, `dns` or `connect`.
 */
export type OpenSocket = (opening: TcpOpening, hooks: OpeningHooks) => Promise<OpenedTcp>;
