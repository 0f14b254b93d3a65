/** Datagrams that wait for a decision on their destination: few, and one for each destination. @module */

/** How many wait for one socket. */
export const maxHeldDatagrams = 32;

/** What waits, by destination. */
export class HeldDatagrams<Datagram> {
  readonly #byDestination = new Map<string, Datagram>();

  /** Keeps a datagram; false when its destination has one already, or too many wait. */
  hold(destination: string, datagram: Datagram): boolean {
    if (this.#byDestination.has(destination)) return false;
    if (this.full) return false;
    this.#byDestination.set(destination, datagram);
    return true;
  }

  /** Takes out what waits for a destination. */
  take(destination: string): Datagram | undefined {
    const datagram = this.#byDestination.get(destination);
    this.#byDestination.delete(destination);
    return datagram;
  }

  /** Whether no more can wait. */
  get full(): boolean {
    return this.#byDestination.size >= maxHeldDatagrams;
  }
}
