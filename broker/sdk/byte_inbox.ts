/** The readable half of a socket: a byte stream (BYOB too) that gives credit as its reader takes bytes. @module */

/** How much a reader wants that does not say so. */
const usualReadBytes = 64 * 1024;

/** What an inbox tells. */
export interface InboxEvents {
  /** The reader waits for at most that many bytes, and there are none. */
  onWanted?(byteCount: number): void;
  /** The reader has taken that many bytes. */
  onTaken(byteCount: number): void;
  /** The reader wants nothing more. */
  onCancelled(): void;
  /** Everything was read, up to the peer's FIN. */
  onDrained(): void;
}

/**
 * Holds what came until it is read. The stream itself holds nothing (its high-water mark is 0), so a byte that is taken
 * is one that the reader asked for, and credit follows the reader.
 */
export class ByteInbox {
  /** The byte stream. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  readonly #events: InboxEvents;
  #controller!: ReadableByteStreamController;
  #wanted = false;
  #ended = false;
  #over = false;

  constructor(events: InboxEvents) {
    this.#events = events;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#wanted = true;
        if (this.#pieces.length > 0) return this.#deliver();
        events.onWanted?.(this.#controller.byobRequest?.view?.byteLength ?? usualReadBytes);
      },
      cancel: () => {
        this.#finish();
        events.onCancelled();
      },
    }, { highWaterMark: 0 });
  }

  /** Whether there are bytes that nobody has read. */
  get holdsBytes(): boolean {
    return this.#pieces.length > 0;
  }

  /** Adds bytes, which are the inbox's own from now on. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#over || this.#ended) return;
    this.#pieces.push(bytes);
    this.#deliver();
  }

  /** Nothing more comes: the stream closes once all is read. */
  end(): void {
    this.#ended = true;
    this.#closeWhenDrained();
  }

  /** Closes the stream at once, and forgets what nobody has read. */
  drop(): void {
    this.#pieces.length = 0;
    this.end();
  }

  /** Errors the stream at once, unless it is over already. */
  fail(fault: unknown): void {
    if (this.#over) return;
    this.#finish();
    this.#controller.error(fault);
  }

  #deliver(): void {
    const piece = this.#pieces[0];
    if (piece === undefined || !this.#wanted) return;
    this.#wanted = false;
    const request = this.#controller.byobRequest;
    const view = request?.view;
    let takenBytes = piece.length;
    if (request && view) {
      takenBytes = Math.min(piece.length, view.byteLength);
      const rest = piece.subarray(takenBytes);
      new Uint8Array(view.buffer, view.byteOffset).set(piece.subarray(0, takenBytes));
      if (rest.length > 0) this.#pieces[0] = rest;
      else this.#pieces.shift();
      request.respond(takenBytes);
    } else {
      this.#pieces.shift();
      this.#controller.enqueue(piece);
    }
    this.#events.onTaken(takenBytes);
    this.#closeWhenDrained();
  }

  #closeWhenDrained(): void {
    if (!this.#ended || this.#over || this.#pieces.length > 0) return;
    this.#finish();
    this.#controller.close();
    // A read into the caller's own buffer stays pending until it is answered with nothing.
    this.#controller.byobRequest?.respond(0);
    this.#events.onDrained();
  }

  #finish(): void {
    this.#over = true;
    this.#pieces.length = 0;
  }
}
