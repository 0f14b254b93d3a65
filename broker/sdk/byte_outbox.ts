/** The writable half of a socket: takes BufferSource chunks of any size, and waits for credit. @module */

/** Where an outbox sends. */
export interface OutboxSink {
  /** Sends bytes; resolves when the next may follow, rejects with the signal's reason when that aborts. */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The writer was closed or aborted: nothing more follows. */
  finish(): void;
}

/** Makes a WritableStream over a sink, with the high-water mark 1 that Direct Sockets gives it. */
export class ByteOutbox {
  /** Takes `ArrayBuffer`s and views of them. */
  readonly writable: WritableStream<BufferSource>;
  #controller!: WritableStreamDefaultController;
  #over = false;
  #written: Promise<void> = Promise.resolve();

  constructor(sink: OutboxSink) {
    const finish = () => {
      if (this.#over) return;
      this.#over = true;
      sink.finish();
    };
    this.writable = new WritableStream<BufferSource>({
      start: (controller) => {
        this.#controller = controller;
      },
      write: (chunk, controller) => this.#written = sink.write(toBytes(chunk), controller.signal),
      close: finish,
      abort: finish,
    }, new CountQueuingStrategy({ highWaterMark: 1 }));
  }

  /** Resolves when the write that is under way is done, or has failed. */
  get idle(): Promise<void> {
    return this.#written.catch(() => {});
  }

  /** Errors the stream at once, unless it is over already. */
  fail(fault: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller.error(fault);
  }
}

/**
 * The bytes of a BufferSource; none for a detached one.
 *
 * @throws TypeError when the chunk is no BufferSource.
 */
export function toBytes(chunk: unknown): Uint8Array {
  const buffer = ArrayBuffer.isView(chunk) ? chunk.buffer : chunk;
  if (!(buffer instanceof ArrayBuffer)) {
    throw new TypeError("A socket takes ArrayBuffers and views of ArrayBuffers");
  }
  const { byteLength } = chunk as BufferSource;
  if (byteLength === 0) return new Uint8Array(0);
  return new Uint8Array(buffer, ArrayBuffer.isView(chunk) ? chunk.byteOffset : 0, byteLength);
}
