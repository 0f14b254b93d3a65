/** The tabs that apps report, and what they ask about them, in memory: nothing of it is to outlive the process. @module */
import type { HostAccessHolder, HostAccessTabs } from "../actions/ports.ts";
import { type HostAccessState, noTabs } from "../core/host_access_requests.ts";
import type { AppId, CredentialId } from "../schema/ids.ts";
import { Listeners } from "./listeners.ts";

interface Kept {
  readonly holder: HostAccessHolder;
  readonly state: HostAccessState;
}

/** The `HostAccessTabs` port over a map. */
export class HostAccessTable implements HostAccessTabs {
  readonly #byCredential = new Map<CredentialId, Kept>();
  readonly #listeners = new Listeners<AppId>();
  #size = 0;

  /** The tabs of an app in one browser; none when it reported none. */
  get({ appId, credentialId }: HostAccessHolder): HostAccessState {
    const kept = this.#byCredential.get(credentialId);
    return kept?.holder.appId === appId ? kept.state : noTabs;
  }

  /** Takes a state for the one before; the very same one changes nothing, one without tabs is forgotten. */
  set(holder: HostAccessHolder, state: HostAccessState): void {
    const before = this.get(holder);
    if (state === before) return;
    this.#size += state.size - before.size;
    const { appId, credentialId } = holder;
    if (state.size === 0) this.#byCredential.delete(credentialId);
    else this.#byCredential.set(credentialId, { holder: { appId, credentialId }, state });
    this.#listeners.notify(appId);
  }

  /** Everybody that has reported a tab, with the tabs. */
  list(): Kept[] {
    return [...this.#byCredential.values()];
  }

  /** How many tabs there are in all. */
  get size(): number {
    return this.#size;
  }

  /** Says that what may be shown of an app has changed, though its tabs have not. */
  touch(appId: AppId): void {
    this.#listeners.notify(appId);
  }

  /** Calls `listener` with an app whenever its tabs, or what may be shown of them, have changed. */
  subscribe(listener: (appId: AppId) => void): () => void {
    return this.#listeners.add(listener);
  }
}
