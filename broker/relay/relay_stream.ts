/** A stream of a relay, whatever it carries: what its relay asks of it, and what it uses of its relay. @module */
import type { Clock, Log } from "../actions/ports.ts";
import type { ContextId } from "../schema/ids.ts";
import type { Session, SessionError } from "../schema/session.ts";
import type { Frame } from "./frame_codec.ts";
import type { FrameSender } from "./frame_sender.ts";
import type { ReattachableStream } from "./reattachable_stream.ts";
import type { ReattachTable, RelayOwner } from "./reattach_table.ts";
import type { RelayLimits } from "./relay_limits.ts";
import type { RelayOpens } from "./relay_opens.ts";
import type { WindowPool } from "./window_pool.ts";

/** A frame that is for a stream that exists. */
export type StreamFrame = Exclude<Frame, { type: "OPEN" | "CLOSE" }>;

/** A stream as its relay sees it. */
export interface RelayStream {
  /** The app sent a frame. One that the stream does not take ends the stream, with the code `protocol-error`. */
  receive(frame: StreamFrame): void;
  /** CLOSE came: the app has let go of the stream (null), or broke it off. */
  closedByApp(error: SessionError | null): void;
  /** Ends the stream at once, and tells the app by CLOSE; does nothing when it is over already. */
  end(error: SessionError | null): void;
  /** The relay is gone, and not by a word of either side. Absent: the stream ends by it. */
  relayLost?(error: SessionError): void;
}

/** What a relay does for connections that its app may come back to. */
export interface RelayReattach {
  readonly table: ReattachTable<ReattachableStream>;
  readonly owner: RelayOwner;
  /** A session waits for its app. */
  onParked(session: Session): void;
  /** Its app is back, with this relay. */
  onResumed(session: Session, contextId: ContextId): void;
}

/** A relay as its streams see it. */
export interface RelayHost {
  readonly contextId: ContextId;
  readonly opens: RelayOpens;
  readonly reattach: RelayReattach;
  readonly sender: FrameSender;
  readonly windows: WindowPool;
  readonly limits: RelayLimits;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
  /** From now on frames for this id go to `stream`. */
  put(streamId: number, stream: RelayStream): void;
  /** The stream is over: frames for this id are ignored. */
  remove(streamId: number): void;
  /** The id of one more stream that the broker begins. */
  beginStreamId(): number;
  /** Resolves once the relay may carry one more stream, or ends. */
  room(): Promise<void>;
}

/** What ends a stream whose app broke a rule of the wire that concerns this stream alone. */
export function protocolError(message: string): SessionError {
  return { code: "protocol-error", phase: "transfer", message };
}
