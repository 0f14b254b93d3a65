/** The tabs that an app reports, what it asks about the pages in them, and what of that may be shown. @module */
import {
  matchesUrl,
  type MatchPattern,
  MatchPatternError,
  parseMatchPattern,
} from "./match_pattern.ts";
import { isGrantablePage, wholeSite } from "./site_pattern.ts";

/** What an app tells of one of its tabs. */
export interface ReportedTab {
  readonly tabId: number;
  /** The id of the top-level document in it; null where the app knows none. */
  readonly documentId: string | null;
  readonly url: string;
  /** Whether it is the one in front, in its window. */
  readonly active: boolean;
}

/** A request as it waits on a tab. */
export interface HostAccessRequest {
  /** Where in the site it is to be shown, in canonical form; null for everywhere in it. */
  readonly pattern: string | null;
  readonly addedAtMs: number;
  /** Whether its card was on the person's screen. */
  readonly seen: boolean;
}

/** A tab, and what the app and the person did about it since it came to its site. */
export interface HostAccessTab extends ReportedTab {
  readonly request: HostAccessRequest | null;
  /** Whether the person dismissed a request here: nothing is shown until it leaves the site. */
  readonly dismissed: boolean;
  /** When the request was last added, removed or dismissed; null for never. */
  readonly changedAtMs: number | null;
  readonly reportedAtMs: number;
}

/** The tabs of one app in one browser, by tab id. Never stored. */
export type HostAccessState = ReadonlyMap<number, HostAccessTab>;

/** Which tab is meant: one of the two, and not both. */
export interface HostAccessDetails {
  readonly tabId?: number | undefined;
  readonly documentId?: string | undefined;
  readonly pattern?: string | null | undefined;
}

/** What holds for the app when it asks. */
export interface HostAccessRules {
  /** What it declares, whatever the member: see `readDeclared()`. */
  readonly declared: readonly MatchPattern[];
  /** Whether the app has access to a page by now, for good or for once. */
  readonly hasAccess: (url: string) => boolean;
  /** Whether nobody could grant access to a page, because policy or a protection forbids it. */
  readonly isRestricted: (url: string) => boolean;
  /** The cooldown, where it is another than {@link hostAccessCooldownMs}. */
  readonly cooldownMs?: number;
}

/** No tabs. */
export const noTabs: HostAccessState = new Map();

/** The patterns of everything that an app declares, their paths not used; what can't be read declares nothing. */
export function readDeclared(patterns: readonly string[]): readonly MatchPattern[] {
  return patterns.flatMap((text) => {
    const pattern = readPattern(text);
    return pattern === null ? [] : [wholeSite(pattern)];
  });
}

/** A match pattern, or null where the text is none. */
export function readPattern(text: string): MatchPattern | null {
  try {
    return parseMatchPattern(text);
  } catch (fault) {
    if (fault instanceof MatchPatternError) return null;
    throw fault;
  }
}

/** Whether the app may ask about a page: it declares it, and somebody could grant it. */
export function isAskable(
  url: string,
  { declared, isRestricted }: Pick<HostAccessRules, "declared" | "isRestricted">,
): boolean {
  return isGrantablePage(URL.parse(url)) && declared.some((one) => matchesUrl(one, url)) &&
    !isRestricted(url);
}

/** Whether the request of a tab would be shown if the tab were in front. */
export function isRequestActive(
  tab: HostAccessTab,
  rules: Pick<HostAccessRules, "declared" | "isRestricted">,
): boolean {
  const { request, dismissed, url } = tab;
  return request !== null && !dismissed && isAskable(url, rules) &&
    (request.pattern === null || matchesUrl(request.pattern, url));
}

/** Two URLs are of one site when their origins are the same; an opaque origin is the same as no other's. */
export function siteOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null || parsed.origin === "null" ? url : parsed.origin;
}
