/** The error of a store that can't be opened because it is damaged as a whole. @module */

/** Thrown when a store can't be used at all. Nothing in it is in force then, and nothing in it was changed. */
export class StoreDamagedError extends Error {
  override name = "StoreDamagedError";

  /**
   * @param reason What is wrong, as part of a sentence: `file is not a database`.
   * @param location The file or address of the store; null where it is not known.
   */
  constructor(readonly reason: string, location: string | null = null, options?: ErrorOptions) {
    const where = location === null ? "The store" : `The store ${location}`;
    super(
      `${where} is damaged and can't be used (${reason}). ` +
        "It holds every app, permission and setting, and the history: none of them is in force, and nothing was changed. " +
        "Put back a copy of it; or move it away, with the files beside it whose names go on with -wal and -shm, " +
        "to start with an empty one.",
      options,
    );
  }
}
