/** One relay: the streams that one WebSocket of one app carries, and the rules that its frames must keep. @module */
import type { OpenTcpSession, TcpAsk } from "../actions/tcp_session.ts";
import { type Clock, ConnectError, type Log } from "../actions/ports.ts";
import type { ContextId } from "../schema/ids.ts";
import type { OpenFrame } from "../schema/relay.ts";
import { maxCreditBytes, relayCloseCode } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { decodeAppFrame, type Frame, RelayError } from "./frame_codec.ts";
import { FrameSender } from "./frame_sender.ts";
import { keepAlive } from "./keep_alive.ts";
import type { OpenSocket } from "./open_socket.ts";
import { defaultRelayLimits, nextWindowBytes, type RelayLimits } from "./relay_limits.ts";
import type { RelaySocket } from "./relay_socket.ts";
import { TcpPump } from "./tcp_pump.ts";

/** What a relay works with. */
export interface RelayParts {
  webSocket: RelaySocket;
  contextId: ContextId;
  open: OpenSocket;
  clock: Pick<Clock, "setTimer">;
  log: Log;
  limits?: Partial<RelayLimits>;
}

/** A stream that waits for its connection. */
interface OpeningStream {
  readonly state: "opening";
  readonly aborter: AbortController;
  appCreditBytes: number;
}
/** A stream that runs. */
interface OpenStream {
  readonly state: "open";
  readonly pump: TcpPump;
}

/**
 * A relay at work. A frame that breaks the wire's rules ends this relay with a reason, a fault of one stream ends that
 * stream, and neither reaches any other.
 */
export class RelayConnection {
  /** Resolves when the WebSocket is closed and every stream ended. Never rejects. */
  readonly closed: Promise<void>;
  readonly #parts: RelayParts;
  readonly #limits: RelayLimits;
  readonly #sender: FrameSender;
  readonly #streams = new Map<number, OpeningStream | OpenStream>();
  #highestStreamId = 0;
  /** What the windows of the open streams add up to. */
  #windowsBytes = 0;
  #closing = false;

  /** Starts serving at once. */
  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#limits = { ...defaultRelayLimits, ...parts.limits };
    const { webSocket } = parts;
    this.#sender = new FrameSender(webSocket, this.#limits.maxPendingControlBytes);
    const endKeepAlive = keepAlive(webSocket, parts.clock, this.#limits.pingIntervalMs);
    webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    webSocket.on("error", (fault) => parts.log.info("relay-error", { message: fault.message }));
    this.closed = new Promise((resolve) => {
      webSocket.on("close", () => {
        endKeepAlive();
        this.#closing = true;
        this.#sender.stop();
        this.#endStreams({
          code: "app-gone",
          phase: "transfer",
          message: "The app closed its connection to the broker.",
        });
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
    this.#sender.stop();
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
      if (streamId <= this.#highestStreamId) return; // It crossed the CLOSE of its stream on the way.
      throw new RelayError(
        relayCloseCode.protocolError,
        `${frame.type} for a stream never opened`,
      );
    }
    if (frame.type === "CLOSE") return this.#closedByApp(streamId, stream, frame.body.error);
    if (stream.state === "open") return handleOpen(stream.pump, frame);
    if (frame.type === "CREDIT") {
      stream.appCreditBytes = Math.min(stream.appCreditBytes + frame.addedBytes, maxCreditBytes);
      return;
    }
    stream.aborter.abort();
    this.#failOpening(streamId, {
      code: "protocol-error",
      phase: "connect",
      message: `The app sent ${frame.type} before the connection was open.`,
    });
  }

  #closedByApp(
    streamId: number,
    stream: OpeningStream | OpenStream,
    error: SessionError | null,
  ): void {
    if (stream.state === "open") {
      return error === null ? stream.pump.leave() : stream.pump.end(null, false);
    }
    this.#streams.delete(streamId);
    stream.aborter.abort();
  }

  #open(streamId: number, body: OpenFrame): void {
    if (streamId <= this.#highestStreamId) {
      throw new RelayError(relayCloseCode.protocolError, "stream ids must grow");
    }
    this.#highestStreamId = streamId;
    if (this.#streams.size >= this.#limits.maxStreams) {
      return this.#failOpening(streamId, {
        code: "limited",
        phase: "policy",
        message: `One relay carries at most ${this.#limits.maxStreams} sockets at a time.`,
      });
    }
    const stream: OpeningStream = {
      state: "opening",
      aborter: new AbortController(),
      appCreditBytes: body.credit,
    };
    this.#streams.set(streamId, stream);
    this.#connect(streamId, stream, body).catch((fault) => {
      if (this.#streams.get(streamId) === stream) {
        this.#failOpening(streamId, this.#toSessionError(fault));
      }
    });
  }

  async #connect(streamId: number, stream: OpeningStream, body: OpenFrame): Promise<void> {
    const pending = () => this.#streams.get(streamId) === stream;
    let cut: SessionError | null = null;
    let pump: TcpPump | null = null;
    const opened = await this.#parts.open(toAsk(this.#parts.contextId, body), {
      signal: stream.aborter.signal,
      onWaiting: (requestId) => {
        if (!pending()) return;
        this.#sender.control({ type: "WAITING", streamId, body: { requestId } });
      },
      onCut: (error) => {
        cut = error;
        pump?.end(error);
      },
    });
    if (!pending()) return abandon(opened);
    const windowBytes = nextWindowBytes(this.#limits, this.#windowsBytes);
    this.#windowsBytes += windowBytes;
    pump = new TcpPump({
      streamId,
      opened,
      sender: this.#sender,
      appCreditBytes: stream.appCreditBytes,
      windowBytes,
      limits: this.#limits,
      clock: this.#parts.clock,
      log: this.#parts.log,
      onEnd: () => {
        this.#streams.delete(streamId);
        this.#windowsBytes -= windowBytes;
      },
    });
    this.#streams.set(streamId, { state: "open", pump });
    if (cut) return pump.end(cut);
    const { session } = opened;
    const { local, remote } = opened.connection;
    this.#sender.control({
      type: "OPENED",
      streamId,
      body: {
        sessionId: session.id,
        remoteAddress: remote.address,
        remotePort: remote.port,
        localAddress: local.address,
        localPort: local.port,
        ...(session.tls && { tls: session.tls }),
        credit: windowBytes,
      },
    });
    pump.start();
  }

  #failOpening(streamId: number, error: SessionError): void {
    this.#streams.delete(streamId);
    this.#sender.control({ type: "CLOSE", streamId, body: { error } });
  }

  #toSessionError(fault: unknown): SessionError {
    if (fault instanceof ConnectError) return fault.error;
    this.#parts.log.error("relay-open-fault", fault, { contextId: this.#parts.contextId });
    return {
      code: "internal-error",
      phase: "connect",
      message: "The broker failed to open this connection.",
    };
  }

  #endStreams(error: SessionError): void {
    for (const [streamId, stream] of [...this.#streams]) {
      if (stream.state === "open") {
        stream.pump.end(error);
      } else {
        this.#failOpening(streamId, error);
        stream.aborter.abort();
      }
    }
  }
}

function handleOpen(pump: TcpPump, frame: Exclude<Frame, { type: "OPEN" | "CLOSE" }>): void {
  switch (frame.type) {
    case "DATA":
      return pump.write(frame.bytes);
    case "CREDIT":
      return pump.addCredit(frame.addedBytes);
    case "FIN":
      return pump.finish();
    case "STOP":
      return pump.stopReading();
  }
}

function toAsk(contextId: ContextId, body: OpenFrame): TcpAsk {
  return {
    contextId,
    remoteAddress: body.remoteAddress,
    remotePort: body.remotePort,
    noDelay: body.noDelay,
    keepAlive: body.keepAliveDelayMs !== undefined,
    ...(body.dnsQueryType && { family: body.dnsQueryType === "ipv4" ? 4 : 6 }),
    ...(body.tls && { tls: body.tls }),
    reason: body.reason ?? null,
    userActivation: body.userActivation,
    ...(body.frame && { frame: body.frame }),
  };
}

function abandon(opened: OpenTcpSession): void {
  opened.connection.close();
  opened.end(null);
}

function wholeMessage(data: Uint8Array | ArrayBuffer | Uint8Array[]): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new RelayError(relayCloseCode.internalError, "the WebSocket delivers fragments");
}

function brokerStopping(message: string): SessionError {
  return { code: "broker-stopping", phase: "transfer", message };
}
