/** A connection of the dialer as the stream that HTTP clients of Node's world work with. @module */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { TcpConnection } from "../actions/ports.ts";

const readBytes = 64 * 1024;
/** Less than this is copied, so that a large buffer is not kept for it. */
const copyBelowBytes = 8 * 1024;

/**
 * Passes reads and writes on, with back-pressure both ways. It has the members of `net.Socket` that undici calls; those
 * that only tune a connection do nothing, as the dialer has tuned it.
 */
export class ConnectionSocket extends Duplex {
  readonly #connection: TcpConnection;
  #buffer = new Uint8Array(0);

  /** @param alpnProtocol What was agreed on in the handshake; null for a plain connection, and when nothing was. */
  constructor(connection: TcpConnection, readonly alpnProtocol: string | null) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
  }

  override _read(): void {
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(readBytes);
    const buffer = this.#buffer;
    this.#connection.read(buffer).then((count) => {
      if (count === null) return void this.push(null);
      const isSmall = count < copyBelowBytes;
      if (!isSmall) this.#buffer = new Uint8Array(0);
      this.push(Buffer.from(isSmall ? buffer.slice(0, count) : buffer.subarray(0, count)));
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
