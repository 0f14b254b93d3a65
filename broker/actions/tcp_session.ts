/** What opening a TCP socket takes and gives: the app's wish, whom to tell, and the open session. @module */
import type { FrameAncestry } from "../schema/frame.ts";
import type { ContextId, RequestId } from "../schema/ids.ts";
import type { TlsWish } from "../schema/relay.ts";
import type { Session, SessionError } from "../schema/session.ts";
import type { TcpConnection } from "./ports.ts";

/** The TCP connection that an app wants. */
export interface TcpAsk {
  /** The relay that it runs over. */
  contextId: ContextId;
  /** A name or an address as the app wrote it. */
  remoteAddress: string;
  remotePort: number;
  noDelay: boolean;
  keepAlive: boolean;
  /** Look up only addresses of this family. */
  family?: 4 | 6 | undefined;
  /** Encrypt it, and how; absent: it is plain. */
  tls?: TlsWish | undefined;
  reason: string | null;
  userActivation: boolean;
  /** The pages around the app's page; absent when there are none. */
  frame?: FrameAncestry | undefined;
}

/** Whom to tell while it opens and after. */
export interface TcpEvents {
  /** The app no longer wants it. */
  signal: AbortSignal;
  /** A person is asked; called once for each request that is waited for. */
  onWaiting(requestId: RequestId): void;
  /** The session was cut: its permission ended, or the person closed it. The connection is closed already. */
  onCut(error: SessionError): void;
}

/** An open session and its connection. */
export interface OpenTcpSession {
  session: Session;
  connection: TcpConnection;
  /** Says that the connection is over (null: both ends closed it); closes it if need be. Later calls do nothing. */
  end(error: SessionError | null): void;
}
