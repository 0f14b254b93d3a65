/** One UDP socket of a front end: each packet is a datagram, either way; what can't be kept is dropped and counted. @module */
import { type Clock, ConnectError, type Log } from "../actions/ports.ts";
import type { ConnectedUdpAsk, OpenUdpSession } from "../actions/udp_session.ts";
import type { SessionError } from "../schema/session.ts";
import { frontEndError, type FrontSocket } from "./front_stream.ts";
import type { OpenUdp } from "./relay_opens.ts";
import { headerRoomBytes } from "./relay_socket.ts";
import { TurnQueue } from "./turn_queue.ts";

/** How many datagrams of the client wait, and how many may be on their way to it. Their protocol has no credit for them. */
export const maxFrontDatagrams = 128;

/** What a datagram costs beyond its bytes. */
const datagramCostBytes = 64;

/** What a socket works with. */
export interface FrontDatagramsParts {
  readonly open: OpenUdp;
  readonly ask: ConnectedUdpAsk;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
  readonly lingerMs: number;
  /** How many bytes the front end's own header takes. */
  readonly headerBytes: number;
  /** Sends on what came; as `FrontStreamParts.send`. */
  send(message: Uint8Array): Promise<void>;
  /** What is held for the socket has grown, or shrunk, by this many bytes. */
  onHeld(addedBytes: number): void;
  /** The client has to be told that this is over. Called once at most. */
  onEnd(error: SessionError): void;
  /** Nothing is left of the socket. Called once; after `onEnd`, or after the client has let go. */
  onDone(): void;
}

/** One socket. */
export class FrontDatagrams implements FrontSocket {
  readonly #parts: FrontDatagramsParts;
  readonly #queue: Uint8Array[] = [];
  readonly #aborter = new AbortController();
  readonly #leaving = new TurnQueue<Uint8Array>((messages) => {
    for (const message of this.#over ? [] : messages) {
      this.#parts.send(message).then(() => this.#onTheWay--);
    }
  });
  #heldBytes = 0;
  #opened: OpenUdpSession | null = null;
  #cut: SessionError | null = null;
  #draining = false;
  #onTheWay = 0;
  /** The client has been told that it is over, or has let go. */
  #over = false;
  #done = false;
  #cancelLinger: (() => void) | null = null;

  /** Starts opening at once. */
  constructor(parts: FrontDatagramsParts) {
    this.#parts = parts;
    this.#run().catch((fault) => this.end(this.#toSessionError(fault)));
  }

  /** How many datagrams wait. */
  get queuedPackets(): number {
    return this.#queue.length;
  }

  /** What they cost. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The client sent a datagram, which must not be written to afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#queue.length >= maxFrontDatagrams) {
      const datagrams = this.#opened?.session.datagrams;
      if (datagrams) datagrams.droppedSent++;
      return;
    }
    this.#queue.push(bytes);
    this.#hold(bytes.length + datagramCostBytes);
    this.#drain();
  }

  /** The client has let go. What it had sent to an open socket still goes out. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#draining) return this.#finish(null);
    const { clock, lingerMs } = this.#parts;
    this.#cancelLinger = clock.setTimer(lingerMs, () => this.#finish(null));
  }

  /** Ends the socket at once; does nothing when it is over already. */
  end(error: SessionError): void {
    if (this.#done) return;
    if (!this.#over) {
      this.#over = true;
      this.#parts.onEnd(error);
    }
    this.#finish(error);
  }

  async #run(): Promise<void> {
    const { open, ask } = this.#parts;
    const opened = await open(ask, {
      signal: this.#aborter.signal,
      onWaiting: () => {},
      onCut: (error) => {
        this.#cut = error;
        if (this.#opened) this.end(error);
      },
    });
    if (this.#done) return opened.end(null);
    this.#opened = opened;
    if (this.#cut) return this.end(this.#cut);
    opened.receive({
      onDatagram: (bytes) => this.#deliver(opened, bytes),
      onFault: (error) => this.end(error),
      onDropped() {},
      onLeft() {},
      onWaiting() {},
    });
    this.#drain();
  }

  #deliver({ session }: OpenUdpSession, bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#onTheWay >= maxFrontDatagrams) {
      if (session.datagrams) session.datagrams.droppedReceived++;
      return;
    }
    const { headerBytes } = this.#parts;
    const start = headerRoomBytes + headerBytes;
    const buffer = new Uint8Array(start + bytes.length);
    buffer.set(bytes, start);
    session.bytesReceived += bytes.length;
    if (session.datagrams) session.datagrams.received++;
    this.#onTheWay++;
    this.#leaving.push(buffer.subarray(headerRoomBytes));
  }

  #drain(): void {
    if (this.#draining || this.#opened === null) return;
    this.#draining = true;
    this.#sendQueued(this.#opened).catch((fault) => this.end(this.#toSessionError(fault)));
  }

  async #sendQueued(opened: OpenUdpSession): Promise<void> {
    for (let bytes = this.#queue.shift(); bytes; bytes = this.#queue.shift()) {
      this.#hold(-bytes.length - datagramCostBytes);
      await opened.send({ host: "", port: 0, family: undefined, bytes });
      if (this.#done) return;
    }
    this.#draining = false;
    if (this.#over) this.#finish(null);
  }

  #hold(addedBytes: number): void {
    this.#heldBytes += addedBytes;
    this.#parts.onHeld(addedBytes);
  }

  #finish(error: SessionError | null): void {
    if (this.#done) return;
    this.#done = true;
    this.#cancelLinger?.();
    this.#queue.length = 0;
    this.#hold(-this.#heldBytes);
    this.#aborter.abort();
    this.#opened?.end(error);
    this.#parts.onDone();
  }

  #toSessionError(fault: unknown): SessionError {
    if (fault instanceof ConnectError) return fault.error;
    if (!this.#done) {
      this.#parts.log.error("front-end-fault", fault, { contextId: this.#parts.ask.contextId });
    }
    return frontEndError("internal-error", "The broker failed to carry this socket.");
  }
}
