/** The contexts that apps hold open, in memory: a context never outlives the process that it is connected to. @module */
import type { Contexts } from "../actions/ports.ts";
import type { AppId } from "../schema/ids.ts";
import { Listeners } from "./listeners.ts";

type ContextChange = { appId: AppId; contextId: string; open: boolean };

/** The `Contexts` port over a map. */
export class ContextTable implements Contexts {
  readonly #byApp = new Map<AppId, Set<string>>();
  readonly #appOf = new Map<string, AppId>();
  readonly #listeners = new Listeners<ContextChange>();

  /**
   * Says that an app opened a context; does nothing when it is open already. Throws `TypeError` when another app holds
   * it: a context belongs to one app.
   */
  add(appId: AppId, contextId: string): void {
    const holder = this.#appOf.get(contextId);
    if (holder === appId) return;
    if (holder) throw new TypeError(`The context ${contextId} belongs to another app.`);
    this.#appOf.set(contextId, appId);
    const open = this.#byApp.get(appId);
    if (open) open.add(contextId);
    else this.#byApp.set(appId, new Set([contextId]));
    this.#listeners.notify({ appId, contextId, open: true });
  }

  /** Says that a context is gone; does nothing when the app does not hold it. */
  remove(appId: AppId, contextId: string): void {
    if (this.#appOf.get(contextId) !== appId) return;
    this.#appOf.delete(contextId);
    const open = this.#byApp.get(appId);
    open?.delete(contextId);
    if (open?.size === 0) this.#byApp.delete(appId);
    this.#listeners.notify({ appId, contextId, open: false });
  }

  /** How many contexts an app holds open. */
  count(appId: AppId): number {
    return this.#byApp.get(appId)?.size ?? 0;
  }

  /** Whether this context is open. */
  has(contextId: string): boolean {
    return this.#appOf.has(contextId);
  }

  /** Calls `listener` after a context opened or went; `count()` tells whether it was the app's first or last. */
  subscribe(listener: (change: ContextChange) => void): () => void {
    return this.#listeners.add(listener);
  }
}
