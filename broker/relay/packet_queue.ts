/** Packets of a client on their way to a connection: counted one by one, written many at a time. @module */

/** What a packet costs beyond its bytes. */
const packetCostBytes = 64;
/** Packets up to this length are copied together. */
const joinUpToBytes = 4 * 1024;

/** Packets that are written as one. */
export interface PacketBatch {
  readonly bytes: Uint8Array;
  readonly packets: number;
  /** What these packets cost while they were queued. */
  readonly heldBytes: number;
}

/** A queue of packets, first in, first out. What is shifted counts as held until it is written. */
export class PacketQueue {
  #packets: Uint8Array[] = [];
  /** How many at the front of `#packets` are gone already. */
  #gone = 0;
  #heldBytes = 0;

  /** How many packets wait. */
  get length(): number {
    return this.#packets.length - this.#gone;
  }

  /** What they cost. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Appends a packet, which must not be written to afterwards.
   *
   * @returns What it costs.
   */
  push(bytes: Uint8Array): number {
    this.#packets.push(bytes);
    this.#heldBytes += bytes.length + packetCostBytes;
    return bytes.length + packetCostBytes;
  }

  /** Takes the next packets, `maxPackets` at most, or undefined when there are none. */
  shift(maxPackets: number): PacketBatch | undefined {
    const first = this.#packets[this.#gone];
    if (first === undefined) return undefined;
    let packets = 1;
    let length = first.length;
    while (first.length <= joinUpToBytes && packets < maxPackets) {
      const next = this.#packets[this.#gone + packets];
      if (!next || next.length > joinUpToBytes) break;
      packets++;
      length += next.length;
    }
    const bytes = packets === 1 ? first : this.#join(packets, length);
    this.#forget(packets);
    const heldBytes = length + packets * packetCostBytes;
    this.#heldBytes -= heldBytes;
    return { bytes, packets, heldBytes };
  }

  /**
   * Forgets everything.
   *
   * @returns What it cost.
   */
  clear(): number {
    const heldBytes = this.#heldBytes;
    this.#packets = [];
    this.#gone = 0;
    this.#heldBytes = 0;
    return heldBytes;
  }

  #join(packets: number, length: number): Uint8Array {
    const joined = new Uint8Array(length);
    let at = 0;
    for (const bytes of this.#packets.slice(this.#gone, this.#gone + packets)) {
      joined.set(bytes, at);
      at += bytes.length;
    }
    return joined;
  }

  /** Moves the rest to the front only now and then: a queue of thousands would be moved for every packet. */
  #forget(packets: number): void {
    this.#packets.fill(emptied, this.#gone, this.#gone + packets);
    this.#gone += packets;
    if (this.#gone * 2 < this.#packets.length) return;
    this.#packets = this.#packets.slice(this.#gone);
    this.#gone = 0;
  }
}

const emptied = new Uint8Array(0);
