/** The sites that an app declares, as patterns. @module */
import type { DeclaredHosts } from "./declared_hosts.ts";
import { readDeclared } from "./host_access_tab.ts";
import { containsPattern, type MatchPattern } from "./match_pattern.ts";
import { wholeSite } from "./site_pattern.ts";

/** What an app declares: everything, and the part of it that it can't give back. */
export interface AppHosts {
  /** Every pattern of every member. */
  readonly all: readonly MatchPattern[];
  /** `host_permissions` and content scripts: what the app is for, and not what it may ask for later. */
  readonly required: readonly MatchPattern[];
}

// Records are replaced whole, never edited, so the patterns in one are read once.
const read = new WeakMap<Declared, AppHosts>();

type Declared = Readonly<Record<keyof DeclaredHosts, readonly string[]>>;

const none: AppHosts = { all: [], required: [] };

/**
 * What an app declares: what it says when it registers, and what the manifest says that its own origin serves. Nothing,
 * for one that says nothing of sites.
 */
export function appHosts(
  claimed: Declared | undefined,
  served: Declared | undefined,
): AppHosts {
  const [first, second] = [claimed, served].map((one) => one === undefined ? none : readHosts(one));
  if (!first || !second || second.all.length === 0) return first ?? none;
  if (first.all.length === 0) return second;
  return {
    all: [...first.all, ...second.all],
    required: [...first.required, ...second.required],
  };
}

function readHosts(hosts: Declared): AppHosts {
  let known = read.get(hosts);
  if (!known) {
    const { host_permissions, optional_host_permissions, content_script_matches } = hosts;
    const required = [...host_permissions, ...content_script_matches];
    known = {
      all: readDeclared([...required, ...optional_host_permissions]),
      required: readDeclared(required),
    };
    read.set(hosts, known);
  }
  return known;
}

/** Whether everything that a pattern stands for is declared, its path aside. */
export function isListed(patterns: readonly MatchPattern[], pattern: MatchPattern): boolean {
  return patterns.some((one) => containsPattern(one, wholeSite(pattern)));
}
