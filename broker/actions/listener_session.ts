/** What opening a TCP listener takes and gives: the app's wish, the open session, and what it accepts. @module */
import type { FrameAncestry } from "../schema/frame.ts";
import type { ContextId } from "../schema/ids.ts";
import type { TcpListener } from "./ports.ts";
import type { OpenSession, SocketEvents } from "./socket_session.ts";
import type { OpenTcpSession } from "./tcp_session.ts";

/** The listener that an app wants. */
export interface ListenerAsk {
  /** The relay that it runs over. */
  contextId: ContextId;
  /** An address of this computer, or `0.0.0.0` or `::` for all of them. */
  localAddress: string;
  /** null for one that the system chooses. */
  localPort: number | null;
  /** How many connections may wait to be accepted; as many as the system lets when absent. */
  backlog?: number | undefined;
  /** Whether a listener on `::` turns away who comes over IPv4. */
  ipv6Only: boolean;
  reason: string | null;
  userActivation: boolean;
  /** The pages around the app's page; absent when there are none. */
  frame?: FrameAncestry | undefined;
}

/** An open session and its listener. */
export interface OpenListenerSession extends OpenSession {
  listener: Pick<TcpListener, "local">;
  /**
   * Waits for the next connection, which is a session of its own under the same permission; null once the listener is
   * closed. Not to be called again before it has settled.
   *
   * @throws StoreUnavailableError and other faults of the broker; the listener is still open then.
   */
  accept(events: Pick<SocketEvents, "onCut">): Promise<OpenTcpSession | null>;
}
