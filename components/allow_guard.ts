/** The guard before every button that grants: when it lets a press through, decided from times alone (design section 11). @module */

/** How long input is ignored after the button appears, moves, or its window regains focus. */
export const guardMs = 700;
/** Early presses start the wait again, but only so long after it first began. */
export const guardLimitMs = 5_000;

/** What the guard remembers. Times are on the clock of `Event.timeStamp`, in milliseconds. */
export interface GuardState {
  /** When the wait first began: moved by what happens to the card, not by early presses. */
  readonly armedAtMs: number;
  /** From when on presses count. */
  readonly readyAtMs: number;
  /** When the press in progress began; null when none did. */
  readonly pressedAtMs: number | null;
}

/** The facts of one input event that the guard looks at. */
export interface GuardInput {
  readonly timeStamp: number;
  /** Whether a person made it: `Event.isTrusted`. */
  readonly isTrusted: boolean;
  /** Whether a held key repeats: `KeyboardEvent.repeat`. */
  readonly repeat?: boolean;
}

/** The guard after the card appeared or moved, or the window regained focus. */
export function armGuard(nowMs: number): GuardState {
  return { armedAtMs: nowMs, readyAtMs: nowMs + guardMs, pressedAtMs: null };
}

/** The guard after a pointer or key went down on the button. */
export function pressGuard(state: GuardState, input: GuardInput): GuardState {
  if (!input.isTrusted) return state;
  if (input.repeat === true || input.timeStamp < state.readyAtMs) {
    return delay(state, input.timeStamp);
  }
  return { ...state, pressedAtMs: input.timeStamp };
}

/**
 * Whether a click goes through, and the guard after it. A click counts when a person made it, the guard was ready, and
 * its press began when the guard was ready. Assistive technology clicks without a press: then the click alone counts.
 */
export function clickGuard(
  state: GuardState,
  input: GuardInput,
): { readonly passes: boolean; readonly state: GuardState } {
  if (!input.isTrusted) return { passes: false, state };
  if (input.timeStamp < state.readyAtMs) {
    return { passes: false, state: delay(state, input.timeStamp) };
  }
  const early = state.pressedAtMs !== null && state.pressedAtMs < state.readyAtMs;
  return { passes: !early, state: { ...state, pressedAtMs: null } };
}

/** Begins the wait again after an early press, as far as the limit lets it. */
function delay(state: GuardState, nowMs: number): GuardState {
  const latestMs = Math.max(state.armedAtMs + guardLimitMs, state.readyAtMs);
  return {
    ...state,
    readyAtMs: Math.min(Math.max(state.readyAtMs, nowMs + guardMs), latestMs),
    // A press that began early stays early: its release must not count.
    pressedAtMs: nowMs,
  };
}
