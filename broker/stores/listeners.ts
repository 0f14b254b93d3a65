/** A set of listeners that hear of each change in turn, and can't spoil it for one another. @module */

/** Listeners to changes of one type. */
export class Listeners<Change> {
  // Each subscription is its own object, so that one function may subscribe twice and leave once.
  readonly #subscriptions = new Set<{ listener: (change: Change) => void }>();

  /** Adds a listener; the returned function takes it out again. */
  add(listener: (change: Change) => void): () => void {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
    };
  }

  /**
   * Calls every listener, in the order in which they came. A listener that throws is reported to the global error
   * listeners: the change has happened, and neither the one who made it nor the other listeners are at fault.
   */
  notify(change: Change): void {
    for (const { listener } of [...this.#subscriptions]) {
      try {
        listener(change);
      } catch (fault) {
        reportError(fault);
      }
    }
  }
}
