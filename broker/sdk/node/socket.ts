/** `net.Socket`: Node's TCP socket, a Duplex stream, over the SDK's `TCPSocket`. @module */
import { TCPSocket, type TCPSocketOpenInfo, type TCPSocketOptions } from "../mod.ts";
import { Buffer } from "./buffers.ts";
import { type ConnectOptions, readConnectArguments } from "./connect_arguments.ts";
import { IdleTimer } from "./idle_timer.ts";
import { isIP } from "./ip_address.ts";
import { nodeError, toNodeError } from "./node_error.ts";
import { Duplex } from "./streams.ts";

/** What the door needs of a socket of the SDK. */
export interface Transport {
  readonly opened: Promise<TCPSocketOpenInfo>;
  close(): Promise<undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `new net.Socket()`. */
export interface SocketOptions {
  /** Whether this side may go on writing when the other has ended. */
  allowHalfOpen?: boolean;
  /** Destroys the socket when it aborts. */
  signal?: AbortSignal;
}

/** One end's address, as `address()` gives it. */
export interface AddressInfo {
  address: string;
  family: "IPv4" | "IPv6";
  port: number;
}

/** What is there while the socket is open. */
interface OpenEnds {
  transport: Transport;
  info: TCPSocketOpenInfo;
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  writer: WritableStreamDefaultWriter<BufferSource>;
}

type Callback = (error?: Error | null) => void;

/**
 * A TCP connection that the broker opens once a person, or an earlier permission, allows it: `connect` may come as late
 * as the answer. Errors carry Node's `code`.
 */
export class Socket extends Duplex {
  /** Whether it is being opened, the time that a person takes to answer included. */
  connecting = false;
  /** Bytes that came. */
  bytesRead = 0;
  /** Bytes that were handed to the broker. */
  bytesWritten = 0;
  #ends: OpenEnds | null = null;
  #opening: Transport | null = null;
  #failed = false;
  #wantsMore = false;
  #pumping = false;
  readonly #idle = new IdleTimer(() => this.emit("timeout"));
  #target: ConnectOptions & { port: number; host: string } = { port: 0, host: "" };

  /** Makes a socket that is not connected. */
  constructor(options: SocketOptions = {}) {
    const { allowHalfOpen = false, signal } = options;
    super({ allowHalfOpen, ...(signal && { signal }) });
  }

  /**
   * Connects, in the next turn: what is said of `noDelay` and keep-alive until then counts.
   *
   * @throws TypeError with Node's `code` for a port that is none, and for a Unix socket.
   */
  connect(...given: unknown[]): this {
    const { options, listener } = readConnectArguments<ConnectOptions>(given);
    if (this.destroyed) this.#startAnew();
    if (listener) this.once("connect", listener);
    if (options.timeout) this.setTimeout(options.timeout);
    this.#target = { ...this.#target, ...options };
    this.connecting = true;
    queueMicrotask(() => this.#open());
    return this;
  }

  /** The far end's address; undefined unless it is connected. */
  get remoteAddress(): string | undefined {
    return this.#ends?.info.remoteAddress;
  }

  /** The far end's port. */
  get remotePort(): number | undefined {
    return this.#ends?.info.remotePort;
  }

  /** The family of the far end's address. */
  get remoteFamily(): "IPv4" | "IPv6" | undefined {
    return familyOf(this.remoteAddress);
  }

  /** The broker's own end. */
  get localAddress(): string | undefined {
    return this.#ends?.info.localAddress;
  }

  /** The port of the broker's own end. */
  get localPort(): number | undefined {
    return this.#ends?.info.localPort;
  }

  /** The family of the broker's own address. */
  get localFamily(): "IPv4" | "IPv6" | undefined {
    return familyOf(this.localAddress);
  }

  /** Whether it has not been connected yet. */
  get pending(): boolean {
    return this.#ends === null;
  }

  /** In Node's words. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable && this.writable) return "open";
    if (this.readable) return "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  /** What `setTimeout()` set. */
  get timeout(): number | undefined {
    return this.#idle.delayMs;
  }

  /** Bytes that wait to be sent. */
  get bufferSize(): number {
    return this.writableLength;
  }

  /** The broker's own end; an empty object unless it is connected. */
  address(): AddressInfo | Record<string, never> {
    const { localAddress, localPort, localFamily } = this;
    if (localAddress === undefined || localPort === undefined || !localFamily) return {};
    return { address: localAddress, family: localFamily, port: localPort };
  }

  /** Emits `timeout` after that many milliseconds without traffic; 0 is never. The socket stays open. */
  setTimeout(delayMs: number, listener?: () => void): this {
    this.#idle.set(delayMs);
    if (listener && delayMs === 0) this.removeListener("timeout", listener);
    else if (listener) this.once("timeout", listener);
    return this;
  }

  /** Counts if it is said before the connection is opened; a broker's socket cannot be changed afterwards. */
  setNoDelay(noDelay = true): this {
    this.#target.noDelay = noDelay;
    return this;
  }

  /** Counts if it is said before the connection is opened. */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    Object.assign(this.#target, { keepAlive: enable, keepAliveInitialDelay: initialDelayMs });
    return this;
  }

  /** Ends the writing side, and destroys the socket once all is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Breaks the connection off: what was written may be lost. */
  resetAndDestroy(): this {
    this.#ends?.transport[Symbol.asyncDispose]();
    return this.destroy();
  }

  /** Does nothing: a page does not end while sockets are open. */
  ref(): this {
    return this;
  }

  /** Does nothing. */
  unref(): this {
    return this;
  }

  /** Starts to open the socket of the SDK; `tls.TLSSocket` opens another kind. */
  protected openTransport(host: string, port: number, options: TCPSocketOptions): Transport {
    return new TCPSocket(host, port, options);
  }

  /** Called once the connection is open, before `connect` is emitted. */
  protected onOpen(_info: TCPSocketOpenInfo): void {}

  /** Takes over a socket of the SDK that is open or about to be. */
  protected adopt(transport: Transport): void {
    this.connecting = true;
    this.#opening = transport;
    transport.opened.then(
      (info) => this.#succeed(transport, info),
      (fault) => this.#opening === transport && this.destroy(this.#failure(fault, "connect")),
    );
  }

  /** Gives the open socket of the SDK away, its streams unlocked, and ends this one; null when there is none. */
  protected release(): TCPSocketOpenInfo | null {
    const ends = this.#ends;
    if (!ends) return null;
    this.#ends = null;
    unlock(ends);
    return ends.info;
  }

  /** Emits; `close` says whether an error came before it, as Node's sockets do and the machinery does not. */
  // deno-lint-ignore no-explicit-any
  override emit(event: string | symbol, ...given: any[]): boolean {
    return event === "close" ? super.emit(event, this.#failed) : super.emit(event, ...given);
  }

  override _read(): void {
    this.#wantsMore = true;
    if (this.#ends) this.#pump(this.#ends);
    else if (this.connecting) this.once("connect", () => this._read());
  }

  override _write(chunk: Uint8Array, _encoding: unknown, callback: Callback): void {
    this.#whenOpen(callback, ({ writer }) => {
      this.#idle.restart();
      this.bytesWritten += chunk.length;
      writer.write(chunk as Uint8Array<ArrayBuffer>).then(
        () => {
          this.#idle.restart();
          callback();
        },
        (fault) => callback(this.#failure(fault, "write")),
      );
    });
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), null, callback);
  }

  override _final(callback: Callback): void {
    if (!this.#ends && !this.connecting) return callback();
    this.#whenOpen(callback, ({ writer }) => {
      writer.close().then(() => callback(), (fault) => callback(this.#failure(fault, "shutdown")));
    });
  }

  override _destroy(fault: Error | null, callback: (error: Error | null) => void): void {
    const ends = this.#ends;
    const opening = this.#opening;
    this.connecting = false;
    this.#opening = this.#ends = null;
    this.#idle.stop();
    // What was written is still sent, as a kernel would; a socket that is not open has nothing to send.
    if (ends) {
      unlock(ends);
      ends.transport.close().catch(() => {});
    } else {
      opening?.[Symbol.asyncDispose]();
    }
    this.#failed = fault !== null;
    callback(fault);
  }

  #open(): void {
    if (!this.connecting || this.#opening || this.destroyed) return;
    const { host, port, family, noDelay = true, keepAlive, reason, gatehouse } = this.#target;
    try {
      this.adopt(this.openTransport(host, port, {
        noDelay,
        ...(keepAlive && { keepAliveDelay: this.#keepAliveDelayMs() }),
        ...((family === 4 || family === 6) && { dnsQueryType: `ipv${family}` }),
        ...(reason !== undefined && { reason }),
        ...(gatehouse && { gatehouse }),
      }));
    } catch (fault) {
      this.destroy(this.#failure(fault, "connect"));
    }
  }

  /** Node passes 0 for the system's own delay, which is two hours; the specification knows nothing below a second. */
  #keepAliveDelayMs(): number {
    const delayMs = this.#target.keepAliveInitialDelay ?? 0;
    return delayMs === 0 ? 7_200_000 : Math.max(1000, delayMs);
  }

  #succeed(transport: Transport, info: TCPSocketOpenInfo): void {
    if (this.#opening !== transport) return void transport.close().catch(() => {});
    this.#opening = null;
    const reader = info.readable.getReader();
    const writer = info.writable.getWriter();
    for (const { closed } of [reader, writer]) closed.catch(() => {});
    this.#ends = { transport, info, reader, writer };
    this.connecting = false;
    this.#idle.restart();
    this.onOpen(info);
    this.emit("connect");
    this.emit("ready");
    if (!this.isPaused()) this.read(0);
  }

  /** Reads for as long as the stream above wants more: its high-water mark is what holds the peer back. */
  async #pump(ends: OpenEnds): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#wantsMore && this.#ends === ends) {
        const { done, value } = await ends.reader.read();
        if (this.#ends !== ends) return;
        this.#idle.restart();
        this.#wantsMore = false;
        if (done) {
          this.push(null);
          this.read(0);
          return;
        }
        this.bytesRead += value.length;
        if (this.push(Buffer.from(value.buffer, value.byteOffset, value.length))) {
          this.#wantsMore = true;
        }
      }
    } catch (fault) {
      if (this.#ends === ends) this.destroy(this.#failure(fault, "read"));
    } finally {
      this.#pumping = false;
    }
  }

  #whenOpen(callback: Callback, act: (ends: OpenEnds) => void): void {
    if (this.#ends) return act(this.#ends);
    if (!this.connecting) {
      return callback(nodeError("ERR_SOCKET_CLOSED", "This socket is not connected"));
    }
    const opened = () => {
      this.off("close", closed);
      if (this.#ends) act(this.#ends);
      else callback(nodeError("ERR_SOCKET_CLOSED", "This socket is not connected"));
    };
    const closed = () => {
      this.off("connect", opened);
      callback(
        nodeError(
          "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
          "The socket was closed before the connection was established",
        ),
      );
    };
    this.once("connect", opened).once("close", closed);
  }

  #failure(fault: unknown, syscall: string): Error {
    const { host: address, port } = this.#target;
    return toNodeError(fault, syscall === "connect" ? { syscall, address, port } : { syscall });
  }

  /** Node's sockets can be connected again after their end; libraries that reconnect rely on it. */
  #startAnew(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    this.bytesRead = this.bytesWritten = 0;
    this.#wantsMore = false;
  }
}

function unlock({ reader, writer }: OpenEnds): void {
  reader.releaseLock();
  writer.releaseLock();
}

function familyOf(address: string | undefined): "IPv4" | "IPv6" | undefined {
  if (address === undefined) return undefined;
  return isIP(address) === 6 ? "IPv6" : "IPv4";
}
