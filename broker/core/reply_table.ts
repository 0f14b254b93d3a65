/** Who has sent to a bound UDP socket of late, so that it may be answered. Time is given; nothing else is read. @module */

/** How long after its last datagram a peer may be answered. */
export const replyWindowMs = 120_000;
/** How many peers are remembered for a socket; those not heard from for the longest give way. */
export const maxRememberedPeers = 1024;

/** The peers of one socket, by address and port. */
export class ReplyTable {
  /** When each was last heard from, the longest ago first. */
  readonly #heardAtMs = new Map<string, number>();

  /** How many peers are remembered. */
  get size(): number {
    return this.#heardAtMs.size;
  }

  /** A datagram of `peer` came. */
  heard(peer: string, nowMs: number): void {
    this.#heardAtMs.delete(peer);
    this.#heardAtMs.set(peer, nowMs);
    if (this.#heardAtMs.size <= maxRememberedPeers) return;
    for (const oldest of this.#heardAtMs.keys()) {
      this.#heardAtMs.delete(oldest);
      return;
    }
  }

  /** Until when `peer` may be answered; null when it has not sent within the last two minutes, or the clock was set back. */
  answerableUntilMs(peer: string, nowMs: number): number | null {
    const heardAtMs = this.#heardAtMs.get(peer);
    if (heardAtMs === undefined || nowMs < heardAtMs) return null;
    const untilMs = heardAtMs + replyWindowMs;
    return nowMs < untilMs ? untilMs : null;
  }
}
