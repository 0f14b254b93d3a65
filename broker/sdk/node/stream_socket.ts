/** A Duplex stream over a stream socket of the SDK: reading, writing and ending, as Node's sockets do. @module */
import type { TCPSocketOpenInfo } from "../mod.ts";
import { Buffer } from "./buffers.ts";
import { IdleTimer } from "./idle_timer.ts";
import { nodeError, toNodeError } from "./node_error.ts";
import { OpenEnds, type Transport } from "./open_ends.ts";
import { Duplex } from "./streams.ts";

/** Options of `new net.Socket()`. */
export interface SocketOptions {
  /** Whether this side may go on writing when the other has ended. */
  allowHalfOpen?: boolean;
  /** Destroys the socket when it aborts. */
  signal?: AbortSignal;
}

/**
 * For how much of what the server says the next read waits a moment: a read that is pending can't be taken back, and a
 * client may encrypt the connection (STARTTLS) only once it has understood the server's answer.
 */
const greetingBytes = 64 * 1024;

type Callback = (error?: Error | null) => void;

/** A socket whose transport is given to it by `adopt()`. */
export class StreamSocket extends Duplex {
  /** Whether it is being opened, the time that a person takes to answer included. */
  connecting = false;
  /** Bytes that came. */
  bytesRead = 0;
  /** Bytes that were handed to the broker. */
  bytesWritten = 0;
  /** @internal Runs from the last traffic. */
  protected readonly idle = new IdleTimer(() => this.emit("timeout"));
  #ends: OpenEnds | null = null;
  #opening: Transport | null = null;
  #failed = false;
  #wantsMore = false;
  #pumping = false;

  /** Makes a socket that is not connected. */
  constructor({ allowHalfOpen = false, signal }: SocketOptions) {
    super({ allowHalfOpen, ...(signal && { signal }) });
  }

  /** What is known of the connection while it is open. */
  protected get info(): TCPSocketOpenInfo | undefined {
    return this.#ends?.info;
  }

  /** Whether there is a transport, open or about to be. */
  protected get hasTransport(): boolean {
    return this.#ends !== null || this.#opening !== null;
  }

  /** @internal Takes a socket of the SDK that is open or about to be: one that was made, accepted, or encrypted later. */
  adopt(transport: Transport): void {
    this.connecting = true;
    this.#opening = transport;
    transport.opened.then(
      (info) => this.#succeed(transport, info),
      (fault) => {
        if (this.#opening === transport) this.destroy(this.failure(fault, "connect"));
      },
    );
  }

  /** @internal Gives the open socket of the SDK away, its streams unlocked; null when there is none. For `tls.connect()`. */
  release(): Transport | null {
    const ends = this.#ends;
    this.#ends = null;
    return ends?.release() ?? null;
  }

  /** Breaks the connection off: what was written may be lost. */
  resetAndDestroy(): this {
    this.#ends?.abort();
    return this.destroy();
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
    this.#whenOpen(callback, (ends) => {
      this.idle.restart();
      this.bytesWritten += chunk.length;
      ends.write(chunk).then(
        () => {
          this.idle.restart();
          callback();
        },
        (fault) => callback(this.failure(fault, "write")),
      );
    });
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), null, callback);
  }

  override _final(callback: Callback): void {
    if (!this.#ends && !this.connecting) return callback();
    this.#whenOpen(callback, (ends) => {
      ends.finish().then(() => callback(), (fault) => callback(this.failure(fault, "shutdown")));
    });
  }

  override _destroy(fault: Error | null, callback: (error: Error | null) => void): void {
    const ends = this.#ends;
    const opening = this.#opening;
    this.connecting = false;
    this.#opening = this.#ends = null;
    this.idle.stop();
    if (ends) ends.close();
    else opening?.[Symbol.asyncDispose]();
    this.#failed = fault !== null;
    callback(fault);
  }

  /** Called once the connection is open, before `connect` is emitted. */
  protected onOpen(_info: TCPSocketOpenInfo): void {}

  /** Makes Node's error of what the SDK threw. */
  protected failure(fault: unknown, syscall: string): Error {
    return toNodeError(fault, { syscall });
  }

  /** Node's sockets can be connected again after their end; libraries that reconnect rely on it. */
  protected startAnew(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    this.bytesRead = this.bytesWritten = 0;
    this.#wantsMore = false;
  }

  #succeed(transport: Transport, info: TCPSocketOpenInfo): void {
    if (this.#opening !== transport) return void transport.close().catch(() => {});
    this.#opening = null;
    this.#ends = new OpenEnds(transport, info);
    this.connecting = false;
    this.idle.restart();
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
        const read = await ends.read().catch((fault) => ({ fault }));
        if (this.#ends !== ends) break;
        if (read !== null && "fault" in read) {
          this.destroy(this.failure(read.fault, "read"));
          return;
        }
        this.#take(read);
        if (this.bytesRead < greetingBytes) await nextTask();
      }
    } finally {
      this.#pumping = false; // Also when a listener throws: that is its own affair.
    }
    if (this.#wantsMore && this.#ends && this.#ends !== ends) this.#pump(this.#ends);
  }

  #take(bytes: Uint8Array<ArrayBuffer> | null): void {
    this.idle.restart();
    this.#wantsMore = false;
    if (bytes === null) {
      this.push(null);
      this.read(0);
      return;
    }
    this.bytesRead += bytes.length;
    if (this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))) {
      this.#wantsMore = true;
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
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
