/** The sites that an app declares, as patterns. @module */
import type { App } from "../schema/app.ts";
import { allDeclared, readDeclared } from "./host_access_tab.ts";
import { containsPattern, type MatchPattern } from "./match_pattern.ts";
import { wholeSite } from "./site_pattern.ts";

/** What an app declares: everything, and the part of it that it can't give back. */
export interface AppHosts {
  /** Every pattern of every member. */
  readonly all: readonly MatchPattern[];
  /** `host_permissions` and content scripts: what the app is for, and not what it may ask for later. */
  readonly required: readonly MatchPattern[];
}

// A record is replaced whole, never edited, so its patterns are read once.
const read = new WeakMap<App, AppHosts>();

const none: AppHosts = { all: [], required: [] };

/** What an app declares; nothing, for one that says nothing of it. */
export function appHosts(app: App): AppHosts {
  const { hosts } = app.claims;
  if (hosts === undefined) return none;
  let known = read.get(app);
  if (!known) {
    const { host_permissions, content_script_matches } = hosts;
    known = {
      all: readDeclared(allDeclared(hosts)),
      required: readDeclared([...host_permissions, ...content_script_matches]),
    };
    read.set(app, known);
  }
  return known;
}

/** Whether everything that a pattern stands for is declared, its path aside. */
export function isListed(patterns: readonly MatchPattern[], pattern: MatchPattern): boolean {
  return patterns.some((one) => containsPattern(one, wholeSite(pattern)));
}
