/** The two ends of an open socket of the SDK, as the Node-style door holds them. @module */
import type { TCPSocket, TCPSocketOpenInfo, TLSSocket as BrokerTLSSocket } from "../mod.ts";

/** A stream socket of the SDK. */
export type Transport = TCPSocket | BrokerTLSSocket;

/** Holds the locks of both streams. */
export class OpenEnds {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #writer: WritableStreamDefaultWriter<BufferSource>;

  /** Takes both streams. */
  constructor(readonly transport: Transport, readonly info: TCPSocketOpenInfo) {
    this.#reader = info.readable.getReader();
    this.#writer = info.writable.getWriter();
    // What goes wrong shows in the next read or write.
    for (const { closed } of [this.#reader, this.#writer]) closed.catch(() => {});
  }

  /** The next bytes; null at the peer's end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { done, value } = await this.#reader.read();
    return done ? null : value;
  }

  /** Resolves once more can be written. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes as Uint8Array<ArrayBuffer>);
  }

  /** Half-close: nothing more is written. */
  finish(): Promise<void> {
    return this.#writer.close();
  }

  /** Gives both streams back, so that the socket can be closed or encrypted. */
  release(): Transport {
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    return this.transport;
  }

  /** Closes both directions; what was written is still sent, as a kernel would. */
  close(): void {
    this.release().close().catch(() => {});
  }

  /** Breaks the connection off. */
  abort(): void {
    this.transport[Symbol.asyncDispose]();
  }
}
