/** One TCP connection of a front end: it is asked for, takes what its client sent meanwhile, and sends what it reads. @module */
import { type Clock, ConnectError, type Log } from "../actions/ports.ts";
import type { OpenTcpSession, TcpAsk } from "../actions/tcp_session.ts";
import type { ContextId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import type { FrontEndLimits } from "./front_end_limits.ts";
import type { OpenSocket } from "./open_socket.ts";
import { PacketQueue } from "./packet_queue.ts";
import { headerRoomBytes } from "./relay_socket.ts";

/** What a stream works with. */
export interface FrontStreamParts {
  readonly open: OpenSocket;
  readonly ask: TcpAsk;
  readonly limits: FrontEndLimits;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
  /** How many bytes the front end's own header takes before what is read. */
  readonly headerBytes: number;
  /**
   * Sends on what was read. The message begins with the room for the front end's header, and {@link headerRoomBytes} free
   * bytes lie before it in its buffer, which may be used again once this resolves.
   */
  send(message: Uint8Array): Promise<void>;
  /** The connection is open. */
  onOpen(): void;
  /** That many packets of the client were written to the connection. */
  onWritten(packets: number): void;
  /** What is held for the connection has grown, or shrunk, by this many bytes. */
  onHeld(addedBytes: number): void;
  /** The client has to be told that this is over. Null: the other side sent FIN, and all of it was passed on. Called once at most. */
  onEnd(error: SessionError | null): void;
  /** Nothing is left of the stream. Called once; after `onEnd`, or after the client has let go. */
  onDone(): void;
}

/** A socket of a front end, as its connection sees it. */
export interface FrontSocket {
  /** How many packets of the client wait. */
  readonly queuedPackets: number;
  /** What they cost. */
  readonly heldBytes: number;
  /** The client sent a packet, which must not be written to afterwards. */
  push(bytes: Uint8Array): void;
  /** The client has let go. What it had sent to an open socket still goes out. */
  leave(): void;
  /** Ends the socket at once; does nothing when it is over already. */
  end(error: SessionError): void;
}

/** Why the broker itself ends a stream, in the form that sessions have. */
export function frontEndError(code: SessionError["code"], message: string): SessionError {
  return { code, phase: "transfer", message };
}

/** What front ends ask for; their clients can say no more than where they want to go. */
export function frontEndAsk(contextId: ContextId, host: string, port: number): TcpAsk {
  return {
    contextId,
    remoteAddress: host,
    remotePort: port,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  };
}

/**
 * One stream. These protocols have no half-close: when either side is done, the client hears no more of it, and what the
 * client had sent by then is still written.
 */
export class FrontStream implements FrontSocket {
  readonly #parts: FrontStreamParts;
  readonly #queue = new PacketQueue();
  readonly #aborter = new AbortController();
  #opened: OpenTcpSession | null = null;
  #cut: SessionError | null = null;
  #draining = false;
  /** The client has been told that it is over, or has let go. */
  #over = false;
  #done = false;
  #cancelLinger: (() => void) | null = null;

  /** Starts opening at once. */
  constructor(parts: FrontStreamParts) {
    this.#parts = parts;
    this.#run().catch((fault) => this.end(this.#toSessionError(fault)));
  }

  /** How many packets wait to be written. */
  get queuedPackets(): number {
    return this.#queue.length;
  }

  /** What they cost. */
  get heldBytes(): number {
    return this.#queue.heldBytes;
  }

  /** The client sent bytes, which must not be written to afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#parts.onHeld(this.#queue.push(bytes));
    this.#drain();
  }

  /** The client has let go. What it had sent to an open connection is still written. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#lingerOrFinish(null);
  }

  /** Ends the stream at once; does nothing when it is over already. */
  end(error: SessionError): void {
    if (this.#done) return;
    if (!this.#over) {
      this.#over = true;
      this.#parts.onEnd(error);
    }
    this.#finish(error);
  }

  async #run(): Promise<void> {
    const { open, ask, onOpen } = this.#parts;
    const opened = await open(ask, {
      signal: this.#aborter.signal,
      onWaiting: () => {},
      onCut: (error) => {
        this.#cut = error;
        if (this.#opened) this.end(error);
      },
    });
    if (this.#done) {
      opened.connection.close();
      return opened.end(null);
    }
    this.#opened = opened;
    if (this.#cut) return this.end(this.#cut);
    onOpen();
    this.#drain();
    await this.#pump(opened);
  }

  /** While one buffer is on its way out the other is read into; their size follows what the connection delivers. */
  async #pump({ connection, session }: OpenTcpSession): Promise<void> {
    const { limits, headerBytes, send } = this.#parts;
    const payloadStart = headerRoomBytes + headerBytes;
    const buffers = [new Uint8Array(0), new Uint8Array(0)];
    let readBytes = limits.minReadBytes;
    let sent = Promise.resolve();
    for (let turn = 0; !this.#done; turn ^= 1) {
      let buffer = buffers[turn] as Uint8Array;
      if (buffer.length !== payloadStart + readBytes) {
        buffer = buffers[turn] = new Uint8Array(payloadStart + readBytes);
      }
      const count = await connection.read(buffer.subarray(payloadStart));
      if (this.#done) return;
      if (count === null) return this.#endOfInput();
      session.bytesReceived += count;
      // Read and dropped: a server that can't get rid of its answer may stop reading what is still to be written.
      if (this.#over) continue;
      await sent;
      sent = send(buffer.subarray(headerRoomBytes, payloadStart + count));
      if (count === readBytes) readBytes = Math.min(readBytes * 2, limits.maxReadBytes);
      else if (count * 8 < readBytes) readBytes = Math.max(readBytes / 2, limits.minReadBytes);
    }
  }

  #endOfInput(): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.onEnd(null);
    this.#lingerOrFinish(null);
  }

  #drain(): void {
    if (this.#draining || this.#opened === null) return;
    this.#draining = true;
    this.#writeQueued(this.#opened).catch((fault) => this.end(this.#toSessionError(fault)));
  }

  async #writeQueued({ connection, session }: OpenTcpSession): Promise<void> {
    const { packetsPerContinue } = this.#parts.limits;
    for (
      let batch = this.#queue.shift(packetsPerContinue);
      batch;
      batch = this.#queue.shift(packetsPerContinue)
    ) {
      try {
        if (batch.bytes.length > 0) await connection.write(batch.bytes);
      } finally {
        this.#parts.onHeld(-batch.heldBytes);
      }
      if (this.#done) return;
      session.bytesSent += batch.bytes.length;
      if (!this.#over) this.#parts.onWritten(batch.packets);
    }
    this.#draining = false;
    if (this.#over) this.#finish(null);
  }

  #lingerOrFinish(error: SessionError | null): void {
    if (!this.#draining) return this.#finish(error);
    const { clock, limits } = this.#parts;
    this.#cancelLinger = clock.setTimer(limits.lingerMs, () => this.#finish(error));
  }

  #finish(error: SessionError | null): void {
    if (this.#done) return;
    this.#done = true;
    this.#cancelLinger?.();
    this.#parts.onHeld(-this.#queue.clear());
    this.#aborter.abort();
    this.#opened?.connection.close();
    this.#opened?.end(error);
    this.#parts.onDone();
  }

  #toSessionError(fault: unknown): SessionError {
    if (fault instanceof ConnectError) return fault.error;
    if (!this.#done) {
      this.#parts.log.error("front-end-fault", fault, { contextId: this.#parts.ask.contextId });
    }
    return frontEndError("internal-error", "The broker failed to carry this connection.");
  }
}
