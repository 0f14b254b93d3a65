/** The life of a socket: opening, open, failed; what `opened`, `closed` and `close()` are made of (Direct Sockets). @module */
import type { OpenedFrame, OpenFrame } from "../schema/relay.ts";
import { type LocalFault, openingFailure } from "./failure.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { SessionError } from "../schema/session.ts";
import type { ReattachTicket } from "./reattach_ticket.ts";
import type { RelayStream, SocketFrame } from "./relay_stream.ts";

const longestAddress = 2048;

/** What an open socket consists of, seen from its life: streams over one stream of the relay. */
export interface SocketEnds {
  /** Settles once all of its streams are over: rejects with the error of the first that failed, else resolves. */
  readonly closed: Promise<void>;
  /** Whether all of its streams are over. */
  readonly over: boolean;
  /** A frame came. */
  receive(frame: SocketFrame): void;
  /** The stream of the relay is over. */
  end(error: SessionError | LocalFault | null): void;
  /** Errors its streams at once. */
  fail(fault: unknown): void;
  /** Closes; throws `InvalidStateError` when a stream is locked. */
  close(): void;
  /** Ends everything at once, locked or not; `closed` resolves. */
  dispose(): void;
}

/** What a socket's own members are made of. */
export interface Life<Info> {
  /** What `opened` returns. */
  readonly opened: Promise<Info>;
  /** What `closed` returns. */
  readonly closed: Promise<undefined>;
  /** What `close()` does. */
  close(): Promise<undefined>;
  /** Ends the socket at once, whatever its state and whoever holds its streams. */
  dispose(): Promise<void>;
  /** What `reattachTicket` returns; absent for sockets that have none. */
  readonly ticket?: ReattachTicket | null;
}

/** A socket that has opened. */
export interface Begun<Info, Ends extends SocketEnds = SocketEnds> {
  readonly ends: Ends;
  /** What `opened` resolves to. */
  readonly info: Info;
  /** Makes the ticket by which the app comes back to it; absent when it can't. */
  readonly ticket?: () => ReattachTicket | null;
}

/** Where a socket gets its stream from. */
export type StreamOpener = Pick<Gatehouse, "openStream" | "announceWaiting">;

/**
 * One socket over one stream of the relay.
 *
 * @typeParam Info What `opened` resolves to.
 */
export class SocketLife<Info> implements Life<Info> {
  /** What `opened` returns. */
  readonly opened: Promise<Info>;
  /** What `closed` returns. */
  readonly closed: Promise<undefined>;
  readonly #opening = Promise.withResolvers<Info>();
  readonly #closing = Promise.withResolvers<undefined>();
  readonly #aborter = new AbortController();
  readonly #begin: (stream: RelayStream, opened: OpenedFrame) => Begun<Info>;
  #stream: RelayStream | null = null;
  #ends: SocketEnds | null = null;
  #ticket: (() => ReattachTicket | null) | undefined;
  #state: "opening" | "open" | "failed" = "opening";

  /**
   * Starts to open a socket.
   *
   * @param signal Ends the socket when it aborts.
   * @param begin Makes the socket's streams once it is open.
   */
  constructor(
    opener: StreamOpener,
    frame: OpenFrame,
    signal: AbortSignal | undefined,
    begin: (stream: RelayStream, opened: OpenedFrame) => Begun<Info>,
  ) {
    this.#begin = begin;
    this.opened = this.#opening.promise;
    this.closed = this.#closing.promise;
    this.closed.catch(() => {}); // "Mark as handled": nobody has to look at `closed`.
    this.#follow(signal);
    this.#open(opener, frame).catch((fault) => this.#fail(fault));
  }

  /**
   * Closes; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined> {
    const ends = this.#ends;
    if (this.#state === "opening") return invalidState("Close called on a socket that is opening.");
    if (this.#state === "failed" || !ends) return invalidState("The socket never opened.");
    return closeEnds(ends, this.closed);
  }

  /** Ends the socket at once, whatever its state and whoever holds its streams. */
  async dispose(): Promise<void> {
    if (this.#state === "opening") {
      this.opened.catch(() => {});
      this.#aborter.abort(new DOMException("The socket was disposed of.", "AbortError"));
    } else {
      this.#ends?.dispose();
    }
    await this.closed.catch(() => {});
  }

  /** The ticket of the open socket; null when there is none. */
  get ticket(): ReattachTicket | null {
    return this.#ticket?.() ?? null;
  }

  async #open(opener: StreamOpener, frame: OpenFrame): Promise<void> {
    const { signal } = this.#aborter;
    signal.throwIfAborted();
    signal.addEventListener("abort", () => this.#abort(signal.reason), { once: true });
    const address = "remoteAddress" in frame ? frame.remoteAddress : undefined;
    if (address !== undefined && (address === "" || address.length > longestAddress)) {
      const message = "This is not an address that could be connected to.";
      throw openingFailure({ code: "invalid-target", phase: "policy", message });
    }
    const stream = await opener.openStream(frame, {
      onWaiting: (requestId) => opener.announceWaiting(requestId, frame),
      onOpened: (opened) => this.#succeed(opened),
      onFrame: (socketFrame) => this.#ends?.receive(socketFrame),
      onClose: (error) => {
        if (this.#ends) return this.#ends.end(error);
        this.#fail(openingFailure(error ?? closedUnopened));
      },
    }, signal);
    this.#stream = stream;
    if (signal.aborted) stream.abort();
  }

  #succeed(opened: OpenedFrame): void {
    if (this.#state !== "opening" || !this.#stream) return;
    const { ends, info, ticket } = this.#begin(this.#stream, opened);
    this.#ends = ends;
    this.#ticket = ticket;
    this.#state = "open";
    ends.closed.then(() => this.#closing.resolve(undefined), this.#closing.reject);
    this.#opening.resolve(info);
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
    this.closed.then(release, release);
  }

  #abort(reason: unknown): void {
    this.#stream?.abort();
    if (this.#ends) this.#ends.fail(reason);
    else this.#fail(reason);
  }
}

/** Closes an open socket, unless it is over already; answers `closed`. */
export function closeEnds(ends: SocketEnds, closed: Promise<undefined>): Promise<undefined> {
  if (ends.over) return closed;
  try {
    ends.close();
  } catch (fault) {
    return Promise.reject(fault);
  }
  return closed;
}

const closedUnopened = {
  code: "internal-error",
  phase: "connect",
  message: "The broker closed the socket before it was open.",
} as const;

function invalidState(message: string): Promise<never> {
  return Promise.reject(new DOMException(message, "InvalidStateError"));
}
