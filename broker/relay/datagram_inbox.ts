/** Datagrams on their way to an app: with its credit they go out, a few wait, the rest is dropped and counted. @module */
import { datagramHeader } from "../schema/datagram_wire.ts";
import { frameHeaderBytes } from "../schema/relay_wire.ts";
import type { Endpoint } from "../actions/ports.ts";
import type { FrameSender } from "./frame_sender.ts";
import { writeDatagramFrameHeader } from "./frame_codec.ts";
import { headerRoomBytes } from "./relay_socket.ts";
import { TurnQueue } from "./turn_queue.ts";

/** How many datagrams wait for the app's credit, and how many may be on their way through the WebSocket. */
export const maxWaitingDatagrams = 32;

/** What an inbox works with. */
export interface DatagramInboxParts {
  readonly streamId: number;
  readonly sender: FrameSender;
  /** Whether the other end is named with each datagram. */
  readonly namesPeer: boolean;
  /** Datagrams that the app will take before it must give more credit. */
  readonly credit: number;
  /** How many bytes may wait. */
  readonly maxWaitingBytes: number;
  /** A datagram of that many bytes goes to the app. */
  onDelivered(byteCount: number): void;
  onDropped(): void;
}

interface WaitingDatagram {
  readonly message: Uint8Array;
  /** How long the datagram itself is. */
  readonly byteCount: number;
}

/** The datagrams of one socket. */
export class DatagramInbox {
  readonly #parts: DatagramInboxParts;
  readonly #waiting: WaitingDatagram[] = [];
  readonly #leaving = new TurnQueue<Uint8Array>((messages) => {
    for (const message of this.#over ? [] : messages) {
      this.#parts.sender.data(message).then(() => {
        this.#onTheWay--;
        this.#flush();
      });
    }
  });
  #waitingBytes = 0;
  #credit: number;
  #onTheWay = 0;
  #over = false;
  /** What stood before the last datagram, and whose it was: most come from the same few. */
  #header: Uint8Array = new Uint8Array(2);
  #headerOf: Endpoint | null = null;

  constructor(parts: DatagramInboxParts) {
    this.#parts = parts;
    this.#credit = parts.credit;
  }

  /** A datagram came; its bytes are copied. */
  push(bytes: Uint8Array, from: Endpoint): void {
    if (this.#over) return;
    const goesAtOnce = this.#mayGo && this.#waiting.length === 0;
    if (!goesAtOnce && !this.#hasRoom(bytes.length)) return this.#parts.onDropped();
    const waiting = { message: this.#frame(bytes, from), byteCount: bytes.length };
    if (goesAtOnce) return this.#send(waiting);
    this.#waiting.push(waiting);
    this.#waitingBytes += bytes.length;
  }

  /** The app takes that many datagrams more. */
  addCredit(added: number): void {
    this.#credit = Math.min(this.#credit + added, 0xffffffff);
    this.#flush();
  }

  /** Forgets what waits, and takes nothing more. */
  close(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }

  /** Credit alone does not do: an app that does not read its WebSocket would have it hold whatever it gave credit for. */
  get #mayGo(): boolean {
    return this.#credit > 0 && this.#onTheWay < maxWaitingDatagrams;
  }

  #hasRoom(byteCount: number): boolean {
    return this.#waiting.length === 0 ||
      (this.#waiting.length < maxWaitingDatagrams &&
        this.#waitingBytes + byteCount <= this.#parts.maxWaitingBytes);
  }

  #frame(bytes: Uint8Array, from: Endpoint): Uint8Array {
    const { streamId, namesPeer } = this.#parts;
    if (namesPeer) this.#nameHeader(from);
    const header = this.#header;
    const start = headerRoomBytes + frameHeaderBytes + header.length;
    const buffer = new Uint8Array(start + bytes.length);
    buffer.set(header, headerRoomBytes + frameHeaderBytes);
    buffer.set(bytes, start);
    const frame = buffer.subarray(headerRoomBytes);
    writeDatagramFrameHeader(frame, streamId);
    return frame;
  }

  #nameHeader(from: Endpoint): void {
    const { address: host, port } = from;
    if (this.#headerOf?.address === host && this.#headerOf.port === port) return;
    this.#headerOf = from;
    this.#header = datagramHeader({ family: host.includes(":") ? 6 : 4, host, port });
  }

  #flush(): void {
    while (this.#mayGo && !this.#over) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#waitingBytes -= next.byteCount;
      this.#send(next);
    }
  }

  #send({ message, byteCount }: WaitingDatagram): void {
    this.#credit--;
    this.#onTheWay++;
    this.#parts.onDelivered(byteCount);
    this.#leaving.push(message);
  }
}
