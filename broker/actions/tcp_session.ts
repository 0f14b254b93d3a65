/** What opening a TCP socket takes and gives: the app's wish, and the open session. @module */
import type { FrameAncestry } from "../schema/frame.ts";
import type { ContextId } from "../schema/ids.ts";
import type { TlsWish } from "../schema/relay.ts";
import type { TlsFacts } from "../schema/session.ts";
import type { TcpConnection } from "./ports.ts";
import type { OpenSession } from "./socket_session.ts";

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
  /** It begins in plain text, and may be encrypted later. */
  upgradable?: true | undefined;
  reason: string | null;
  userActivation: boolean;
  /** The pages around the app's page; absent when there are none. */
  frame?: FrameAncestry | undefined;
}

/** An open session and its connection. */
export interface OpenTcpSession extends OpenSession {
  connection: TcpConnection;
  /**
   * Encrypts a connection that was opened as upgradable; absent for every other one. To be called once, while nothing is
   * being read or written. Rejects with `ConnectError`; the connection is of no use then.
   */
  encrypt?: (wish: TlsWish, signal: AbortSignal) => Promise<TlsFacts>;
}
