/** The life of a socket that is open from its beginning, because somebody else opened it (Direct Sockets, accepted sockets). @module */
import { type Begun, closeEnds, type Life, type SocketEnds } from "./socket_life.ts";

/**
 * An open socket until it is closed.
 *
 * @typeParam Info What `opened` resolves to.
 */
export class OpenLife<Info> implements Life<Info> {
  /** What `closed` returns. */
  readonly closed: Promise<undefined>;
  readonly #ends: SocketEnds;
  readonly #opened: Promise<Info>;
  #looked = false;

  constructor({ ends, info }: Begun<Info>) {
    this.#ends = ends;
    this.#opened = Promise.resolve(info);
    this.closed = ends.closed.then(() => undefined);
    this.closed.catch(() => {}); // "Mark as handled": nobody has to look at `closed`.
  }

  /** Resolved. */
  get opened(): Promise<Info> {
    this.#looked = true;
    return this.#opened;
  }

  /** Whether anybody has asked for `opened`, without which there is nothing to be done with the socket. */
  get looked(): boolean {
    return this.#looked;
  }

  /** Closes both directions; rejects with `InvalidStateError` while a stream is locked. */
  close(): Promise<undefined> {
    return closeEnds(this.#ends, this.closed);
  }

  /** Ends the socket at once, whoever holds its streams. */
  async dispose(): Promise<void> {
    this.#ends.dispose();
    await this.closed.catch(() => {});
  }
}
