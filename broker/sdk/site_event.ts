/** An event as extensions know it: `addListener()` and its like. @module */

/** Sites that came or went, as the Permissions API of extensions names them. */
export interface SitePermissions {
  /** Always empty: the broker has no permissions by name. */
  permissions: string[];
  /** Match patterns. */
  origins: string[];
}

/** Hears of sites. */
export type SiteListener = (permissions: SitePermissions) => void;

/** An event with listeners, as `chrome.events.Event` is. */
export class SiteEvent {
  readonly #listeners = new Set<SiteListener>();
  readonly #begin: () => void;

  /** @internal @param begin Called when the first listener is added. */
  constructor(begin: () => void) {
    this.#begin = begin;
  }

  /** Adds a listener; one that is there is not added again. */
  addListener(listener: SiteListener): void {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(listener);
  }

  /** Takes a listener out. */
  removeListener(listener: SiteListener): void {
    this.#listeners.delete(listener);
  }

  /** Whether this listener is there. */
  hasListener(listener: SiteListener): boolean {
    return this.#listeners.has(listener);
  }

  /** Tells every listener of one site. */
  tell(origin: string): void {
    for (const listener of [...this.#listeners]) listener({ permissions: [], origins: [origin] });
  }
}
