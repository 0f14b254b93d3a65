/** One stream of a relay, seen from the app: what a socket sends through, and what it hears. @module */
import type { DatagramPayload } from "../schema/datagram_wire.ts";
import { maxDataBytes } from "../schema/relay_wire.ts";
import type { GroupFrame, OpenedFrame, StartTlsFrame } from "../schema/relay.ts";
import type { RequestId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import type { LocalFault } from "./failure.ts";
import type { SentLog } from "./sent_log.ts";
import {
  type BrokerFrame,
  encodeClose,
  encodeCredit,
  encodeData,
  encodeDatagram,
  encodeGroup,
  encodeSignal,
  encodeStartTls,
} from "./frames.ts";

/** What an open socket is sent. */
export type SocketFrame = Exclude<
  BrokerFrame,
  { type: "WAITING" | "OPENED" | "CREDIT" | "CLOSE" | "SECURED" }
>;

/** A connection that a listener has accepted. */
export type AcceptedSocketFrame = Extract<BrokerFrame, { type: "ACCEPTED" }>;

/** What a socket hears of its stream. */
export interface StreamListener {
  /** A person is being asked. */
  onWaiting(requestId: RequestId): void;
  onOpened(opened: OpenedFrame): void;
  /** What the open socket is sent. The listener may keep and transfer the bytes of DATA. */
  onFrame(frame: SocketFrame): void;
  /** The stream is over: with an error, or null when both ends are done. Called once, last, and not after `leave()` or `abort()`. */
  onClose(error: SessionError | LocalFault | null): void;
}

/** The relay, as its streams use it. */
export interface StreamCarrier {
  send(message: Uint8Array<ArrayBuffer>): void;
  /** From now on the stream hears what comes for its id. */
  adopt(stream: RelayStream): void;
  forget(streamId: number): void;
}

/** What the broker is told when the app breaks a stream off. */
export const abandoned: SessionError = {
  code: "app-gone",
  phase: "transfer",
  message: "The app broke the connection off.",
};

/** A stream that the app has opened. After its end every call does nothing. */
export class RelayStream {
  readonly #carrier: StreamCarrier;
  #listener: StreamListener;
  #opened: OpenedFrame | null = null;
  /** Bytes that the broker will still take. */
  #creditBytes: number;
  #over = false;
  #creditArrived: (() => void) | null = null;
  /** Keeps what the broker has not written; null for a stream that nobody comes back to. */
  #sent: SentLog | null = null;
  #finKnown = false;

  /** @param creditBytes Bytes that the broker takes from the beginning. */
  constructor(
    readonly id: number,
    carrier: StreamCarrier,
    listener: StreamListener,
    creditBytes = 0,
  ) {
    this.#carrier = carrier;
    this.#listener = listener;
    this.#creditBytes = creditBytes;
    carrier.adopt(this);
  }

  /** Takes a frame of this stream. */
  receive(frame: BrokerFrame): void {
    switch (frame.type) {
      case "CREDIT":
        this.#sent?.acknowledge(frame.addedBytes);
        return this.#addCredit(frame.addedBytes);
      case "WAITING":
        return this.#listener.onWaiting(frame.body.requestId);
      case "OPENED":
        this.#addCredit(frame.body.credit);
        this.#opened = frame.body;
        return this.#listener.onOpened(frame.body);
      case "SECURED":
        if (this.#opened) this.#listener.onOpened({ ...this.#opened, tls: frame.body.tls });
        return;
      case "CLOSE":
        return this.end(frame.body.error);
      default:
        return this.#listener.onFrame(frame);
    }
  }

  /** The stream is over by the broker's word, or because the relay is. */
  end(error: SessionError | LocalFault | null): void {
    if (this.#over) return;
    this.#forget();
    this.#listener.onClose(error);
  }

  /**
   * Sends bytes of any number, as fast as the broker gives credit.
   *
   * @param signal Ends the waiting for credit: the call then rejects with its reason.
   */
  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      while (this.#creditBytes === 0 && !this.#over) await this.#credit(signal);
      if (this.#over) return;
      const end = offset + Math.min(bytes.length - offset, this.#creditBytes, maxDataBytes);
      const piece = bytes.subarray(offset, end);
      this.#creditBytes -= piece.length;
      offset = end;
      this.#sent?.push(piece);
      this.#carrier.send(encodeData(this.id, piece));
    }
  }

  /** From now on what is sent is kept there. */
  keepSent(sent: SentLog): void {
    this.#sent = sent;
  }

  /**
   * Sends what an earlier stream of the same connection sent and the broker did not get. It gives credit for that.
   *
   * @param finKnown Whether it got FIN, which is then not sent again.
   */
  sendAgain(bytes: Uint8Array, finKnown: boolean): void {
    this.#finKnown = finKnown;
    this.#creditBytes -= bytes.length;
    for (let offset = 0; offset < bytes.length; offset += maxDataBytes) {
      this.#carrier.send(encodeData(this.id, bytes.subarray(offset, offset + maxDataBytes)));
    }
  }

  /**
   * Sends one datagram, once the broker gives credit for it.
   *
   * @param signal Ends the waiting for credit: the call then rejects with its reason.
   */
  async sendDatagram(datagram: DatagramPayload, signal: AbortSignal): Promise<void> {
    while (this.#creditBytes === 0 && !this.#over) await this.#credit(signal);
    if (this.#over) return;
    this.#creditBytes--;
    this.#carrier.send(encodeDatagram(this.id, datagram));
  }

  /** Joins or leaves a multicast group; DONE answers. */
  callGroup(type: "JOIN" | "LEAVE", body: GroupFrame): void {
    if (!this.#over) this.#carrier.send(encodeGroup(type, this.id, body));
  }

  /** Lets the broker send that many bytes more, or datagrams. */
  giveCredit(addedBytes: number): void {
    if (!this.#over) this.#carrier.send(encodeCredit(this.id, addedBytes));
  }

  /** Takes a connection that this stream's listener has accepted; what becomes of it `listener` hears. */
  accept({ streamId, body }: AcceptedSocketFrame, listener: StreamListener): RelayStream {
    return new RelayStream(streamId, this.#carrier, listener, body.credit);
  }

  /** From now on another socket hears of this stream: the one that goes on encrypted. */
  handOver(listener: StreamListener): void {
    this.#listener = listener;
  }

  /** Encrypts the connection: `onOpened` comes once more, with what is known of the encryption. */
  startTls(body: StartTlsFrame): void {
    if (!this.#over) this.#carrier.send(encodeStartTls(this.id, body));
  }

  /** Half-close: nothing more is written. */
  finish(): void {
    if (!this.#over && !this.#finKnown) this.#carrier.send(encodeSignal("FIN", this.id));
  }

  /** Nothing more is read: the broker drops what still comes. */
  stopReading(): void {
    if (!this.#over) this.#carrier.send(encodeSignal("STOP", this.id));
  }

  /** Lets go: what was sent is still written, and nothing more is heard of the stream. */
  leave(): void {
    this.#close(null);
  }

  /** Ends the stream at once: what was sent may be lost, and nothing more is heard of it. */
  abort(): void {
    this.#close(abandoned);
  }

  #close(error: SessionError | null): void {
    if (this.#over) return;
    this.#carrier.send(encodeClose(this.id, { error }));
    this.#forget();
  }

  #forget(): void {
    this.#over = true;
    this.#carrier.forget(this.id);
    this.#creditArrived?.();
  }

  #addCredit(addedBytes: number): void {
    this.#creditBytes += addedBytes;
    this.#creditArrived?.();
  }

  #credit(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason);
      if (signal.aborted) return aborted();
      signal.addEventListener("abort", aborted, { once: true });
      this.#creditArrived = () => {
        this.#creditArrived = null;
        signal.removeEventListener("abort", aborted);
        resolve();
      };
    });
  }
}
