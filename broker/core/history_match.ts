/** Which history entries a person looks for: by app, kind, time, permission and words. @module */
import type { HistoryEntry, HistoryKind } from "../schema/history.ts";
import type { AppId, GrantId } from "../schema/ids.ts";

/** What is looked for. Absent members choose nothing. */
export interface HistoryMatch {
  appId?: AppId;
  kinds?: readonly HistoryKind[];
  /** The entry is no older than this. */
  fromMs?: number;
  /** The entry is older than this. */
  untilMs?: number;
  /** The entry keeps this grant whole: it tells of its beginning or its end. */
  grantId?: GrantId;
  /** Lower-case words, each of which stands in the app's name, the target or the sentence. */
  words?: readonly string[];
}

/** What of an entry can be looked for; small enough to keep for every entry. */
export interface HistoryFacts {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: HistoryKind;
  readonly appId: AppId | null;
  readonly grantId: string | null;
  /** In lower case. */
  readonly text: string;
}

/** The facts of an entry. */
export function historyFacts(entry: HistoryEntry): HistoryFacts {
  const { seq, atMs, kind, appId, appName, target, message, detail } = entry;
  const grant = detail["grant"];
  const grantId = typeof grant === "object" && grant !== null && !Array.isArray(grant)
    ? grant["id"]
    : null;
  return {
    seq,
    atMs,
    kind,
    appId,
    grantId: typeof grantId === "string" ? grantId : null,
    text: `${appName ?? ""} ${target ?? ""} ${message}`.toLowerCase(),
  };
}

/** Whether an entry is looked for. */
export function matchesHistory(facts: HistoryFacts, match: HistoryMatch): boolean {
  const { appId, kinds, fromMs = -Infinity, untilMs = Infinity, grantId, words = [] } = match;
  return (appId === undefined || facts.appId === appId) &&
    (kinds === undefined || kinds.includes(facts.kind)) &&
    facts.atMs >= fromMs && facts.atMs < untilMs &&
    (grantId === undefined || facts.grantId === grantId) &&
    words.every((word) => facts.text.includes(word));
}

/** The words of what a person typed, in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== "");
}
