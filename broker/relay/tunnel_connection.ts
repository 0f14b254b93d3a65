/** One tunnel: a WebSocket that carries the bytes of one TCP connection, as websockify and wsproxy have it. @module */
import type { Clock, Log } from "../actions/ports.ts";
import type { ContextId } from "../schema/ids.ts";
import { relayCloseCode } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { defaultFrontEndLimits, type FrontEndLimits } from "./front_end_limits.ts";
import { frontEndAsk, frontEndError, FrontStream } from "./front_stream.ts";
import { keepAlive } from "./keep_alive.ts";
import type { OpenSocket } from "./open_socket.ts";
import { headerRoomBytes, type RelaySocket } from "./relay_socket.ts";

/** A WebSocket that can be told to read nothing for a while: the only back-pressure that a tunnel's client knows. */
export interface TunnelSocket extends RelaySocket {
  /** Stops reading. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}

/** Where a tunnel leads, as its client wrote it. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** What a tunnel works with. */
export interface TunnelParts {
  readonly webSocket: TunnelSocket;
  readonly target: TunnelTarget;
  readonly contextId: ContextId;
  readonly open: OpenSocket;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
  readonly limits?: Partial<FrontEndLimits>;
}

/** The close code and the reason of Python websockify when the server has sent FIN (RFC 6455 section 7.4.1). */
const targetClosed = { code: 1000, reason: "Target closed" } as const;

/** A tunnel at work. Binary messages are bytes of the connection, however they are cut; there is nothing else. */
export class TunnelConnection {
  /** Resolves when the WebSocket is closed. Never rejects. */
  readonly closed: Promise<void>;
  readonly #webSocket: TunnelSocket;
  readonly #limits: FrontEndLimits;
  readonly #stream: FrontStream;
  #heldBytes = 0;
  #paused = false;
  #closing = false;

  /** Starts opening the connection at once. What the client sends meanwhile is kept. */
  constructor({ webSocket, target, contextId, open, clock, log, limits }: TunnelParts) {
    this.#webSocket = webSocket;
    this.#limits = { ...defaultFrontEndLimits, ...limits };
    this.#stream = new FrontStream({
      open,
      ask: frontEndAsk(contextId, target.host, target.port),
      limits: this.#limits,
      clock,
      log,
      headerBytes: 0,
      send: (message) => this.#send(message),
      onOpen: () => {},
      onWritten: () => {},
      onHeld: (addedBytes) => this.#hold(addedBytes),
      onEnd: (error) => this.#ended(error),
      onDone: () => {},
    });
    const endKeepAlive = keepAlive(
      webSocket,
      clock,
      this.#limits.pingIntervalMs,
      () => this.#paused,
    );
    webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    webSocket.on("error", (fault) => log.info("tunnel-error", { message: fault.message }));
    this.closed = new Promise((resolve) => {
      webSocket.on("close", () => {
        endKeepAlive();
        this.#closing = true;
        this.#stream.leave();
        resolve();
      });
    });
  }

  /**
   * Ends the tunnel and its connection; does nothing when it is ending already.
   *
   * @param closeCode A close code of RFC 6455, `relayCloseCode` has them.
   * @param reason Why, at most 123 bytes of ASCII.
   * @param error What the session is ended with.
   */
  close(
    closeCode: number,
    reason: string,
    error: SessionError = frontEndError("broker-stopping", reason),
  ): void {
    this.#closeWebSocket(closeCode, reason);
    this.#stream.end(error);
  }

  #receive(data: Uint8Array | ArrayBuffer | Uint8Array[], isBinary: boolean): void {
    if (this.#closing) return;
    if (!isBinary) {
      const reason = "Text frames are not supported";
      return this.close(
        relayCloseCode.unsupportedData,
        reason,
        frontEndError("protocol-error", reason),
      );
    }
    for (const bytes of Array.isArray(data) ? data : [data]) {
      this.#stream.push(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
    }
  }

  #send(message: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closing) return resolve();
      // A failure to send is followed by the WebSocket's own `close` event.
      this.#webSocket.send(message, () => resolve(), headerRoomBytes);
    });
  }

  #hold(addedBytes: number): void {
    this.#heldBytes += addedBytes;
    if (this.#closing) return;
    const { pauseAboveBytes } = this.#limits;
    if (!this.#paused && this.#heldBytes > pauseAboveBytes) {
      this.#paused = true;
      this.#webSocket.pause();
    } else if (this.#paused && this.#heldBytes < pauseAboveBytes / 2) {
      this.#resume();
    }
  }

  #resume(): void {
    this.#paused = false;
    this.#webSocket.resume();
  }

  #ended(error: SessionError | null): void {
    if (error === null) return this.#closeWebSocket(targetClosed.code, targetClosed.reason);
    this.#closeWebSocket(relayCloseCode.internalError, asReason(error.message));
  }

  #closeWebSocket(closeCode: number, reason: string): void {
    if (this.#closing) return;
    // The client's half of the closing handshake has to be read.
    if (this.#paused) this.#resume();
    this.#closing = true;
    this.#webSocket.close(closeCode, reason);
  }
}

/** At most 123 bytes of ASCII (RFC 6455 section 5.5). */
function asReason(message: string): string {
  return message.replace(/[^ -~]/g, "?").slice(0, 123);
}
