/** Pausing: lists stand still, what waits for an answer does not; nothing that came meanwhile is lost. @module */
import type { DashboardChange, DashboardSnapshot } from "../broker/schema/dashboard.ts";
import { applyChange } from "./dashboard_change.ts";
import type { Dashboard } from "./dashboard_model.ts";

/** Shows a snapshot of the stream: it is of what was asked for last, so a pause does not keep it back. */
export function showSnapshot({ snapshot, held }: Dashboard, next: DashboardSnapshot): void {
  if (held.peek() !== null) held.value = next;
  snapshot.value = next;
}

/** Shows a change of the stream; while the page is paused, only what is not a list. */
export function showChange({ snapshot, held }: Dashboard, change: DashboardChange): void {
  const whole = held.peek();
  if (whole === null) snapshot.value = applyChange(snapshot.peek(), change);
  else {
    held.value = applyChange(whole, change);
    snapshot.value = withoutLists(snapshot.peek(), held.value);
  }
}

/** Pauses a page, or lets it go on with all that came meanwhile. */
export function setPaused({ snapshot, held }: Dashboard, paused: boolean): void {
  const whole = held.peek();
  if (paused === (whole !== null)) return;
  if (whole !== null) snapshot.value = whole;
  held.value = paused ? snapshot.peek() : null;
}

function withoutLists(shown: DashboardSnapshot, whole: DashboardSnapshot): DashboardSnapshot {
  const { nowMs, grants, sessions, history, list, traffic } = shown;
  return { ...whole, nowMs, grants, sessions, history, list, traffic };
}
