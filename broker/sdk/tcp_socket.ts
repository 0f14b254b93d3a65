/** `TCPSocket` as the Direct Sockets specification has it, over a broker. @module */
import type { OpenedFrame, OpenFrame } from "../schema/relay.ts";
import { openingFailure } from "./failure.ts";
import { defaultGatehouse } from "./default_gatehouse.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { RelayStream } from "./relay_stream.ts";
import { SocketStreams } from "./socket_streams.ts";
import {
  checkTcpSocketOptions,
  convertTcpSocketArguments,
  type TCPSocketOptions,
} from "./tcp_socket_options.ts";

/** What `opened` resolves to (Direct Sockets, `TCPSocketOpenInfo`). */
export interface TCPSocketOpenInfo {
  /** A byte stream of what the peer sends. It closes at the peer's FIN; the socket can then still be written to. */
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Takes BufferSource chunks of any size. Closing or aborting it sends FIN; the socket can then still be read. */
  writable: WritableStream<BufferSource>;
  /** The address that the broker connected to. */
  remoteAddress: string;
  remotePort: number;
  /** The broker's own end. */
  localAddress: string;
  localPort: number;
}

/** How many bytes may wait here for the reader unless `receiveBufferSize` says otherwise. */
const defaultWindowBytes = 1024 * 1024;
const longestAddress = 2048;
const longestReason = 140;

/** A TCP connection that the broker opens once a person, or an earlier permission, allows it. */
export class TCPSocket {
  readonly #opened: Promise<TCPSocketOpenInfo>;
  readonly #closed: Promise<undefined>;
  readonly #opening = Promise.withResolvers<TCPSocketOpenInfo>();
  readonly #closing = Promise.withResolvers<undefined>();
  readonly #aborter = new AbortController();
  #stream: RelayStream | null = null;
  #streams: SocketStreams | null = null;
  #state: "opening" | "open" | "failed" = "opening";

  /**
   * Starts to open a connection.
   *
   * @param remoteAddress A host name or an IP address.
   * @param remotePort The port, modulo 65536.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(remoteAddress: string, remotePort: number, options?: TCPSocketOptions);
  constructor(...given: unknown[]) {
    const { remoteAddress, remotePort, options } = convertTcpSocketArguments(given);
    const gatehouse = options.gatehouse ?? defaultGatehouse();
    checkTcpSocketOptions(options);
    this.#opened = this.#opening.promise;
    this.#closed = this.#closing.promise;
    this.#closed.catch(() => {}); // "Mark as handled": nobody has to look at `closed`.
    this.#follow(options.signal);
    const windowBytes = options.receiveBufferSize ?? defaultWindowBytes;
    const frame = toOpenFrame(gatehouse, remoteAddress, remotePort, windowBytes, options);
    this.#open(gatehouse, frame).catch((fault) => this.#fail(fault));
  }

  /**
   * Resolves when the connection is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, no such server, or no broker; or with the
   * reason of the aborted `signal`.
   */
  get opened(): Promise<TCPSocketOpenInfo> {
    return this.#opened;
  }

  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined> {
    return this.#closed;
  }

  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined> {
    const streams = this.#streams;
    if (this.#state === "opening") return invalidState("Close called on a socket that is opening.");
    if (this.#state === "failed" || !streams) return invalidState("The socket never opened.");
    if (streams.over) return this.#closed;
    try {
      streams.close();
    } catch (fault) {
      return Promise.reject(fault);
    }
    return this.#closed;
  }

  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "opening") {
      this.#opened.catch(() => {});
      this.#aborter.abort(new DOMException("The socket was disposed of.", "AbortError"));
    } else {
      this.#streams?.dispose();
    }
    await this.#closed.catch(() => {});
  }

  async #open(gatehouse: Gatehouse, frame: OpenFrame): Promise<void> {
    const { signal } = this.#aborter;
    signal.throwIfAborted();
    signal.addEventListener("abort", () => this.#abort(signal.reason), { once: true });
    if (frame.remoteAddress === "" || frame.remoteAddress.length > longestAddress) {
      const message = "This is not an address that could be connected to.";
      throw openingFailure({ code: "invalid-target", phase: "policy", message });
    }
    const stream = await gatehouse.openStream(frame, {
      onWaiting: (requestId) => gatehouse.announceWaiting(requestId, frame),
      onOpened: (opened) => this.#succeed(opened, frame.credit),
      onData: (bytes) => this.#streams?.push(bytes),
      onFin: () => this.#streams?.endReading(),
      onClose: (error) => {
        if (this.#streams) return this.#streams.end(error);
        this.#fail(openingFailure(error ?? closedUnopened));
      },
    }, signal);
    this.#stream = stream;
    if (signal.aborted) stream.abort();
  }

  #succeed(opened: OpenedFrame, windowBytes: number): void {
    if (this.#state !== "opening" || !this.#stream) return;
    const streams = this.#streams = new SocketStreams(this.#stream, windowBytes);
    this.#state = "open";
    streams.closed.then(() => this.#closing.resolve(undefined), this.#closing.reject);
    const { readable, writable } = streams;
    const { remoteAddress, remotePort, localAddress, localPort } = opened;
    this.#opening.resolve({
      readable,
      writable,
      remoteAddress,
      remotePort,
      localAddress,
      localPort,
    });
  }

  #fail(fault: unknown): void {
    if (this.#state !== "opening") return;
    this.#state = "failed";
    this.#opening.reject(fault);
    this.#closing.reject(fault);
  }

  #follow(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const follow = () => this.#aborter.abort(signal.reason);
    if (signal.aborted) return follow();
    signal.addEventListener("abort", follow, { once: true });
    const release = () => signal.removeEventListener("abort", follow);
    this.#closed.then(release, release);
  }

  #abort(reason: unknown): void {
    this.#stream?.abort();
    if (this.#streams) this.#streams.fail(reason);
    else this.#fail(reason);
  }
}

const closedUnopened = {
  code: "internal-error",
  phase: "connect",
  message: "The broker closed the socket before it was open.",
} as const;

function invalidState(message: string): Promise<never> {
  return Promise.reject(new DOMException(message, "InvalidStateError"));
}

function toOpenFrame(
  gatehouse: Gatehouse,
  remoteAddress: string,
  remotePort: number,
  windowBytes: number,
  options: TCPSocketOptions,
): OpenFrame {
  const { keepAliveDelay, dnsQueryType, reason } = options;
  const frame = gatehouse.environment.frame();
  return {
    protocol: "tcp",
    remoteAddress,
    remotePort,
    credit: windowBytes,
    noDelay: options.noDelay ?? false,
    ...(keepAliveDelay !== undefined && { keepAliveDelayMs: keepAliveDelay }),
    ...(dnsQueryType && { dnsQueryType }),
    ...(reason !== undefined && { reason: reason.slice(0, longestReason) }),
    userActivation: gatehouse.environment.userActivation(),
    ...(frame && { frame }),
  };
}
