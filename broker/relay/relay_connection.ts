/** One relay: the streams that one WebSocket of one app carries, and the rules that its frames must keep. @module */
import type { Clock, Log } from "../actions/ports.ts";
import type { ContextId } from "../schema/ids.ts";
import type { OpenFrame } from "../schema/relay.ts";
import { maxAppStreamId, relayCloseCode } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { decodeAppFrame, encodeFrame, type Frame, RelayError } from "./frame_codec.ts";
import { FrameSender } from "./frame_sender.ts";
import { keepAlive } from "./keep_alive.ts";
import { openStream } from "./open_stream.ts";
import { defaultRelayLimits, type RelayLimits } from "./relay_limits.ts";
import type { RelayOpens } from "./relay_opens.ts";
import type { RelaySocket } from "./relay_socket.ts";
import type { RelayHost, RelayReattach, RelayStream } from "./relay_stream.ts";
import { WindowPool } from "./window_pool.ts";

/** What a relay works with. */
export interface RelayParts {
  webSocket: RelaySocket;
  contextId: ContextId;
  opens: RelayOpens;
  reattach: RelayReattach;
  clock: Pick<Clock, "setTimer">;
  log: Log;
  limits?: Partial<RelayLimits>;
}

/**
 * A relay at work. A frame that breaks the wire's rules ends this relay with a reason, a fault of one stream ends that
 * stream, and neither reaches any other.
 */
export class RelayConnection {
  /** Resolves when the WebSocket is closed and every stream ended. Never rejects. */
  readonly closed: Promise<void>;
  readonly #parts: RelayParts;
  readonly #host: RelayHost;
  readonly #streams = new Map<number, RelayStream>();
  #highestStreamId = 0;
  #lastBegunId = maxAppStreamId;
  /** Who waits until a stream is over. */
  readonly #roomSeekers = new Set<() => void>();
  #closing = false;

  /** Starts serving at once. */
  constructor(parts: RelayParts) {
    this.#parts = parts;
    const { webSocket, contextId, opens, reattach, clock, log } = parts;
    const limits = { ...defaultRelayLimits, ...parts.limits };
    this.#host = {
      contextId,
      opens,
      reattach,
      sender: new FrameSender(webSocket, encodeFrame, limits.maxPendingControlBytes),
      windows: new WindowPool(limits),
      limits,
      clock,
      log,
      put: (streamId, stream) => this.#streams.set(streamId, stream),
      remove: (streamId) => {
        this.#streams.delete(streamId);
        const [first] = this.#roomSeekers;
        first?.();
      },
      beginStreamId: () => ++this.#lastBegunId,
      room: () => this.#room(),
    };
    const endKeepAlive = keepAlive(webSocket, clock, limits.pingIntervalMs);
    webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    webSocket.on("error", (fault) => log.info("relay-error", { message: fault.message }));
    this.closed = new Promise((resolve) => {
      webSocket.on("close", () => {
        endKeepAlive();
        this.#closing = true;
        this.#host.sender.stop();
        for (const stream of [...this.#streams.values()]) {
          if (stream.relayLost) stream.relayLost(appGone);
          else stream.end(appGone);
        }
        resolve();
      });
    });
  }

  /** How many streams there are, those being opened included. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /**
   * Ends the relay and all of its streams; does nothing when it is ending already.
   *
   * @param closeCode A close code of RFC 6455, `relayCloseCode` has them.
   * @param reason Why, at most 123 bytes of ASCII.
   * @param error What the sessions are ended with, and each socket of the app is told.
   */
  close(closeCode: number, reason: string, error: SessionError = brokerStopping(reason)): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#endStreams(error);
    this.#host.sender.stop();
    this.#parts.webSocket.close(closeCode, reason);
  }

  #receive(data: Uint8Array | ArrayBuffer | Uint8Array[], isBinary: boolean): void {
    if (this.#closing) return;
    try {
      if (!isBinary) {
        throw new RelayError(
          relayCloseCode.unsupportedData,
          "text frames are not understood",
        );
      }
      this.#handle(decodeAppFrame(wholeMessage(data)));
    } catch (fault) {
      if (fault instanceof RelayError) return this.#refuse(fault.closeCode, fault.reason);
      this.#parts.log.error("relay-fault", fault, { contextId: this.#parts.contextId });
      this.#refuse(relayCloseCode.internalError, "the broker failed to handle a frame");
    }
  }

  #refuse(closeCode: number, reason: string): void {
    this.close(closeCode, reason, { code: "protocol-error", phase: "transfer", message: reason });
  }

  #handle(frame: Frame): void {
    const { streamId } = frame;
    if (frame.type === "OPEN") return this.#open(streamId, frame.body);
    const stream = this.#streams.get(streamId);
    if (!stream) {
      const isBegun = streamId > maxAppStreamId;
      // It crossed the CLOSE of its stream on the way.
      if (streamId <= (isBegun ? this.#lastBegunId : this.#highestStreamId)) return;
      throw new RelayError(
        relayCloseCode.protocolError,
        `${frame.type} for a stream never opened`,
      );
    }
    if (frame.type === "CLOSE") return stream.closedByApp(frame.body.error);
    stream.receive(frame);
  }

  #open(streamId: number, body: OpenFrame): void {
    if (streamId <= this.#highestStreamId) {
      throw new RelayError(relayCloseCode.protocolError, "stream ids must grow");
    }
    this.#highestStreamId = streamId;
    const { limits: { maxStreams }, sender } = this.#host;
    if (this.#streams.size < maxStreams) return openStream(this.#host, streamId, body);
    const error: SessionError = {
      code: "limited",
      phase: "policy",
      message: `One relay carries at most ${maxStreams} sockets at a time.`,
    };
    sender.control({ type: "CLOSE", streamId, body: { error } });
  }

  async #room(): Promise<void> {
    while (this.#streams.size >= this.#host.limits.maxStreams && !this.#closing) {
      await new Promise<void>((resolve) => {
        const seeker = () => {
          this.#roomSeekers.delete(seeker);
          resolve();
        };
        this.#roomSeekers.add(seeker);
      });
    }
  }

  #endStreams(error: SessionError): void {
    for (const stream of [...this.#streams.values()]) stream.end(error);
  }
}

function wholeMessage(data: Uint8Array | ArrayBuffer | Uint8Array[]): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new RelayError(relayCloseCode.internalError, "the WebSocket delivers fragments");
}

const appGone: SessionError = {
  code: "app-gone",
  phase: "transfer",
  message: "The app closed its connection to the broker.",
};

function brokerStopping(message: string): SessionError {
  return { code: "broker-stopping", phase: "transfer", message };
}
