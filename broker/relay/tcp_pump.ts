/** The pump: moves bytes between one TCP connection and its stream of a relay, with byte credit both ways. @module */
import type { OpenTcpSession } from "../actions/tcp_session.ts";
import { type Clock, ConnectError, type Log } from "../actions/ports.ts";
import type { SessionError } from "../schema/session.ts";
import type { StartTlsFrame } from "../schema/relay.ts";
import { maxCreditBytes } from "../schema/relay_wire.ts";
import { writeDataHeader } from "./frame_codec.ts";
import type { FrameSender } from "./frame_sender.ts";
import { payloadStart, ReadBuffers } from "./read_buffers.ts";
import type { RelayLimits } from "./relay_limits.ts";
import { headerRoomBytes } from "./relay_socket.ts";
import { protocolError, type RelayStream, type StreamFrame } from "./relay_stream.ts";
import { TlsUpgrade } from "./tls_upgrade.ts";
import { WriteQueue } from "./write_queue.ts";

/** What a pump works with. */
export interface TcpPumpParts {
  streamId: number;
  opened: OpenTcpSession;
  sender: Pick<FrameSender, "control" | "data">;
  /** Bytes that the app will take before it must give more credit. */
  appCreditBytes: number;
  /** Bytes that the app may send before it is given more credit. */
  windowBytes: number;
  limits: RelayLimits;
  clock: Pick<Clock, "setTimer">;
  log: Log;
  /** Whether it may end once both directions are done; absent: always. It is asked again by `endWhenDone()`. */
  mayEnd?(): boolean;
  /** Called once, when the stream is over. */
  onEnd(): void;
}

/**
 * One running stream. Its methods are what the app's frames ask for; it ends by itself once both directions are done, or
 * at the first fault of either. Ending closes the connection, tells the app by CLOSE, and ends the session.
 */
export class TcpPump implements RelayStream {
  readonly #parts: TcpPumpParts;
  readonly #queue = new WriteQueue();
  readonly #upgrade: TlsUpgrade;
  #ended = false;
  /** Credit that the app has given and the broker not used yet. */
  #appCreditBytes: number;
  /** Credit that the broker has given and the app not used yet. */
  #brokerCreditBytes: number;
  /** Bytes written to the connection since credit was last given for them. */
  #writtenBytes = 0;
  #draining = false;
  #drained: Promise<void> = Promise.resolve();
  #finReceived = false;
  #writeDone = false;
  #stopReceived = false;
  #readDone = false;
  #creditArrived: (() => void) | null = null;
  #cancelLinger: (() => void) | null = null;
  /** The app has let go: it is sent nothing more, and what it still sends crossed that on the way. */
  #left = false;

  constructor(parts: TcpPumpParts) {
    this.#parts = parts;
    this.#appCreditBytes = parts.appCreditBytes;
    this.#brokerCreditBytes = parts.windowBytes;
    this.#upgrade = new TlsUpgrade(parts.opened.encrypt);
  }

  /** Starts reading from the connection. */
  start(): void {
    this.#pumpToApp().catch((fault) => this.#fail(fault));
  }

  /** A frame of the app came. */
  receive(frame: StreamFrame): void {
    if (this.#upgrade.underWay) {
      return this.end(protocolError(`The app sent ${frame.type} between STARTTLS and SECURED.`));
    }
    switch (frame.type) {
      case "DATA":
        return this.write(frame.bytes);
      case "CREDIT":
        return this.addCredit(frame.addedBytes);
      case "FIN":
        return this.finish();
      case "STOP":
        return this.stopReading();
      case "STARTTLS":
        return this.#startTls(frame.body);
      default:
        return this.end(protocolError(`A TCP connection takes no ${frame.type}.`));
    }
  }

  /** CLOSE came: the app lets go, or breaks the connection off. */
  closedByApp(error: SessionError | null): void {
    return error === null ? this.leave() : this.end(null, false);
  }

  /** DATA came: `bytes` go to the connection, and must not be written to afterwards. */
  write(bytes: Uint8Array): void {
    if (this.#left) return;
    if (this.#finReceived) return this.end(protocolError("The app sent data after FIN."));
    if (bytes.length > this.#brokerCreditBytes) {
      return this.end(protocolError("The app sent more than it had credit for."));
    }
    this.#brokerCreditBytes -= bytes.length;
    this.#queue.push(bytes);
    this.#drain();
  }

  /** CREDIT came: the app takes that many bytes more. */
  addCredit(addedBytes: number): void {
    this.#appCreditBytes = Math.min(this.#appCreditBytes + addedBytes, maxCreditBytes);
    this.#creditArrived?.();
  }

  /** FIN came: the connection is shut for writing once everything is written. */
  finish(): void {
    if (this.#left) return;
    if (this.#finReceived) return this.end(protocolError("The app sent FIN twice."));
    this.#finReceived = true;
    this.#lingerWhenLeft();
    this.#drain();
  }

  /** CLOSE without an error came: the app has let go. What it sent is still written, what it would be sent is dropped. */
  leave(): void {
    if (this.#left || this.#ended) return;
    this.#left = true;
    this.#finReceived = true;
    if (!this.#draining) return this.end(null);
    this.stopReading();
  }

  /** STOP came: what the other side still sends is read and dropped, as after a shutdown for reading. */
  stopReading(): void {
    this.#stopReceived = true;
    this.#lingerWhenLeft();
    this.#creditArrived?.();
    this.endWhenDone();
  }

  /**
   * Ends the stream at once; does nothing when it is over already.
   *
   * @param error Why; null when the app is done with it.
   * @param tellApp Whether the app still has to be told by CLOSE.
   */
  end(error: SessionError | null, tellApp = true): void {
    if (this.#ended) return;
    this.#ended = true;
    const { streamId, opened, sender, onEnd } = this.#parts;
    this.#cancelLinger?.();
    this.#queue.clear();
    this.#upgrade.abort();
    this.#creditArrived?.();
    opened.connection.close();
    if (tellApp && !this.#left) sender.control({ type: "CLOSE", streamId, body: { error } });
    opened.end(error);
    onEnd();
  }

  #startTls(frame: StartTlsFrame): void {
    const { streamId, opened: { session }, sender } = this.#parts;
    const refusal = this.#upgrade.refusal(frame, {
      // Credit is good for one read, and taken back when that is done.
      reading: this.#appCreditBytes > 0,
      halfClosed: this.#finReceived || this.#stopReceived || this.#readDone,
      deliveredBytes: session.bytesReceived,
    });
    if (refusal) return this.end(refusal);
    this.#upgrade.run(frame, this.#drained).then((tls) => {
      if (this.#ended) return;
      sender.control({ type: "SECURED", streamId, body: { tls } });
      this.addCredit(frame.credit);
    }, (fault) => this.#fail(fault));
  }

  /**
   * Reads straight behind the headers of the next message, so that headers and bytes go out as one piece, uncopied. While one
   * buffer is on its way out the other is read into.
   */
  async #pumpToApp(): Promise<void> {
    const { streamId, opened: { connection, session }, sender, limits } = this.#parts;
    const buffers = new ReadBuffers(limits);
    let sent = Promise.resolve();
    for (;;) {
      while (this.#appCreditBytes === 0 && !this.#stopReceived && !this.#ended) {
        await new Promise<void>((resolve) => this.#creditArrived = resolve);
      }
      if (this.#ended) return;
      const buffer = buffers.next();
      const { readBytes } = buffers;
      const room = this.#stopReceived ? readBytes : Math.min(readBytes, this.#appCreditBytes);
      const count = await connection.read(buffer.subarray(payloadStart, payloadStart + room));
      if (this.#ended) return;
      if (count === null) break;
      session.bytesReceived += count;
      if (this.#stopReceived) continue;
      this.#appCreditBytes -= this.#upgrade.possible ? this.#appCreditBytes : count;
      const frame = buffer.subarray(headerRoomBytes, payloadStart + count);
      writeDataHeader(frame, streamId);
      await sent;
      sent = sender.data(frame);
      buffers.adapt(count);
    }
    this.#readDone = true;
    if (!this.#stopReceived) sender.control({ type: "FIN", streamId });
    this.endWhenDone();
  }

  #drain(): void {
    if (this.#draining || this.#ended) return;
    this.#draining = true;
    this.#drained = this.#writeQueued()
      .then(() => this.endWhenDone(), (fault) => this.#fail(fault));
  }

  async #writeQueued(): Promise<void> {
    const { opened: { connection, session } } = this.#parts;
    for (let bytes = this.#queue.shift(); bytes; bytes = this.#queue.shift()) {
      await connection.write(bytes);
      if (this.#ended) return;
      session.bytesSent += bytes.length;
      this.#giveCredit(bytes.length);
    }
    this.#draining = false;
    if (!this.#finReceived) return;
    // An app that has let go gets the whole connection closed, which says the same to the peer.
    if (!this.#left) await connection.closeWrite();
    this.#writeDone = true;
  }

  #giveCredit(writtenBytes: number): void {
    const { streamId, sender, windowBytes } = this.#parts;
    this.#writtenBytes += writtenBytes;
    if (this.#writtenBytes < windowBytes / 4 || this.#finReceived) return;
    this.#brokerCreditBytes += this.#writtenBytes;
    sender.control({ type: "CREDIT", streamId, addedBytes: this.#writtenBytes });
    this.#writtenBytes = 0;
  }

  /** The app wants nothing more, either way: a peer that takes nothing more may not hold the connection open for ever. */
  #lingerWhenLeft(): void {
    if (!this.#finReceived || !this.#stopReceived || this.#cancelLinger || this.#ended) return;
    const { clock, limits } = this.#parts;
    this.#cancelLinger = clock.setTimer(limits.lingerMs, () => this.end(null));
  }

  /** Ends the stream if both directions are done. */
  endWhenDone(): void {
    if (!this.#writeDone || !(this.#readDone || this.#stopReceived)) return;
    if (this.#parts.mayEnd?.() ?? true) this.end(null);
  }

  #fail(fault: unknown): void {
    if (this.#ended) return;
    if (fault instanceof ConnectError) return this.end(fault.error);
    this.#parts.log.error("relay-pump-fault", fault, { sessionId: this.#parts.opened.session.id });
    this.end({
      code: "internal-error",
      phase: "transfer",
      message: "The broker failed to move this connection's bytes.",
    });
  }
}
