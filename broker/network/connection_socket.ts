/** A connection of the dialer as the stream that HTTP clients of Node's world work with. @module */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { TcpConnection } from "../actions/ports.ts";

/** The smallest and the largest buffer for reading: a connection that fills one gets a larger one. */
const minReadBytes = 16 * 1024;
const maxReadBytes = 256 * 1024;
/** Less than a quarter of a buffer is copied, so that a large one is not kept for it. */
const copyBelow = 4;

/**
 * Passes reads and writes on, with back-pressure both ways. It has the members of `net.Socket` that undici calls; those
 * that only tune a connection do nothing, as the dialer has tuned it.
 */
export class ConnectionSocket extends Duplex {
  readonly #connection: TcpConnection;
  #buffer = new Uint8Array(0);
  #readBytes = minReadBytes;

  /** @param alpnProtocol What was agreed on in the handshake; null for a plain connection, and when nothing was. */
  constructor(connection: TcpConnection, readonly alpnProtocol: string | null) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
  }

  override _read(): void {
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(this.#readBytes);
    const buffer = this.#buffer;
    this.#connection.read(buffer).then((count) => {
      if (count === null) return void this.push(null);
      if (count === buffer.length) this.#readBytes = Math.min(this.#readBytes * 4, maxReadBytes);
      if (count * copyBelow < buffer.length) {
        return void this.push(Buffer.from(buffer.subarray(0, count)));
      }
      this.#buffer = new Uint8Array(0);
      this.push(Buffer.from(buffer.buffer, 0, count));
    }, (fault) => this.destroy(fault));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (fault?: Error) => void): void {
    this.#connection.write(chunk).then(() => done(), done);
  }

  override _final(done: (fault?: Error) => void): void {
    this.#connection.closeWrite().then(() => done(), () => done());
  }

  override _destroy(fault: Error | null, done: (fault: Error | null) => void): void {
    this.#connection.close();
    done(fault);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
