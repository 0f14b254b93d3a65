/** The state that all islands of a page share: the snapshot, the state of its stream, and the last thing done. @module */
import { type Signal, signal } from "@preact/signals";
import type { DashboardSnapshot } from "../broker/schema/dashboard.ts";
import type { DashboardView } from "../broker/schema/list_query.ts";
import type { GrantId } from "../broker/schema/ids.ts";
import type { Phrase } from "./phrase.ts";

/** How the page stands with the broker. In `lost` and `signed-out` nothing can be answered, and the broker allows nothing. */
export type StreamState = "connecting" | "live" | "lost" | "signed-out";

/** What takes an act back: revoking the grants that it made, or restoring the ones that it revoked. */
export interface Undo {
  readonly kind: "revoke" | "restore";
  readonly grantIds: readonly GrantId[];
}

/** The last thing that the person did here, or that did not work. */
export interface LastAct {
  readonly phrase: Phrase;
  readonly undo: Undo | null;
  readonly failed: boolean;
}

/** The signals of one page. A page makes them from its snapshot and hands the same ones to each of its islands. */
export interface Dashboard {
  readonly snapshot: Signal<DashboardSnapshot>;
  readonly stream: Signal<StreamState>;
  readonly lastAct: Signal<LastAct | null>;
  /** What the page asks the stream for: another value opens the stream anew, and its snapshot follows. */
  readonly view: Signal<DashboardView>;
  /** What came while the page was paused; null while it is not. */
  readonly held: Signal<DashboardSnapshot | null>;
}

/** The signals for a page that shows this snapshot. */
export function createDashboard(snapshot: DashboardSnapshot): Dashboard {
  return {
    snapshot: signal(snapshot),
    stream: signal<StreamState>("connecting"),
    lastAct: signal<LastAct | null>(null),
    view: signal(snapshot.view),
    held: signal<DashboardSnapshot | null>(null),
  };
}

/** Whether the buttons of the page do something. */
export function isInert(dashboard: Dashboard): boolean {
  return dashboard.stream.value === "lost" || dashboard.stream.value === "signed-out";
}
