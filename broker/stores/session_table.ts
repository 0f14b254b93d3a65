/** The sessions of this process, in memory: a session never outlives the process that holds its socket. @module */
import type { LiveSession, SessionChange, Sessions } from "../actions/ports.ts";
import type { SessionError } from "../schema/session.ts";
import { Listeners } from "./listeners.ts";

/** The `Sessions` port over a map. */
export class SessionTable implements Sessions {
  readonly #live = new Map<string, LiveSession>();
  readonly #listeners = new Listeners<SessionChange>();

  /** Every live session, in the order in which they opened; a copy, so that sessions may be closed while it is read. */
  list(): LiveSession[] {
    return [...this.#live.values()];
  }

  /** The live session with this id, or undefined. */
  get(id: string): LiveSession | undefined {
    return this.#live.get(id);
  }

  /** Takes in a session that has just opened. Throws `TypeError` when its id is taken. */
  add(live: LiveSession): void {
    const { id } = live.session;
    if (this.#live.has(id)) throw new TypeError(`The session ${id} is in the table already.`);
    this.#live.set(id, live);
    this.#listeners.notify({ kind: "opened", session: live.session });
  }

  /** Tells that a live session is not what it was; does nothing when it is out already. */
  changed(id: string): void {
    const live = this.#live.get(id);
    if (live) this.#listeners.notify({ kind: "changed", session: live.session });
  }

  /**
   * Takes a session out, and writes into it when and why it ended (null: both ends closed it). Does nothing when it is
   * out already, so that the first reason stands.
   */
  remove(id: string, error: SessionError | null, nowMs: number): void {
    const live = this.#live.get(id);
    if (!live) return;
    this.#live.delete(id);
    live.session.closedAtMs = nowMs;
    live.session.error = error;
    this.#listeners.notify({ kind: "closed", session: live.session });
  }

  /** How many sessions are live. */
  get size(): number {
    return this.#live.size;
  }

  /** Calls `listener` after every change; the returned function ends that. */
  subscribe(listener: (change: SessionChange) => void): () => void {
    return this.#listeners.add(listener);
  }
}
