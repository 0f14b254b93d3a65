/** The body that an app sends with a fetch: read as fast as the web server takes it, given credit for as it goes. @module */
import { WriteQueue } from "./write_queue.ts";

/** Bytes from the app on their way into a request. To be iterated once. */
export class AppBody implements AsyncIterable<Uint8Array> {
  readonly #queue = new WriteQueue();
  readonly #onTaken: (takenBytes: number) => void;
  #fault: unknown = null;
  #over = false;
  #more: (() => void) | null = null;

  /** @param onTaken Called with the number of bytes that have left it. */
  constructor(onTaken: (takenBytes: number) => void) {
    this.#onTaken = onTaken;
  }

  /** Whether nothing more comes from the app. */
  get over(): boolean {
    return this.#over;
  }

  /** The app sent bytes, within its credit. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#more?.();
  }

  /** The app has sent everything. */
  finish(): void {
    this.#over = true;
    this.#more?.();
  }

  /** Nothing more is sent, and whoever reads gets this. */
  fail(fault: unknown): void {
    this.#fault = fault;
    this.#over = true;
    this.#queue.clear();
    this.#more?.();
  }

  /** Gives the bytes in order; throws what {@link AppBody.fail} was told. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    while (true) {
      for (let bytes = this.#queue.shift(); bytes; bytes = this.#queue.shift()) {
        yield bytes;
        this.#onTaken(bytes.length);
      }
      if (this.#fault !== null) throw this.#fault;
      if (this.#over) return;
      await new Promise<void>((resolve) => this.#more = resolve);
      this.#more = null;
    }
  }
}
