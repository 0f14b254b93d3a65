/**
 * Host access requests: what one app asks about the pages in its tabs, as a state machine over plain data and a given time.
 *
 * A state holds the tabs that the app has reported, each with at most one request. Nothing of it is ever stored. The rules
 * and the error strings are those of `permissions.addHostAccessRequest()` as Chrome ships it, in Chrome's order; the
 * proposal "permissions.[add/remove]HostAccessRequest() API" stands above them where it speaks.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const rules: HostAccessRules = {
 *   declared: readDeclared(["https://*.example.com/*"]),
 *   hasAccess: () => false,
 *   isRestricted: () => false,
 * };
 * const tab = { tabId: 7, documentId: null, url: "https://www.example.com/", active: true };
 * const opened = reportTab(noTabs, tab, 0);
 * const { state, error } = addHostAccessRequest(opened, { tabId: 7 }, rules, 0);
 * assert.equal(error, null);
 * assert.equal(shownTabs(state, rules).length, 1);
 * const left = reportTab(state, { ...tab, url: "https://example.org/" }, 1);
 * assert.equal(shownTabs(left, rules).length, 0, "gone with its site");
 * ```
 *
 * @module
 */
import {
  type HostAccessDetails,
  type HostAccessRules,
  type HostAccessState,
  type HostAccessTab,
  isAskable,
  isRequestActive,
  readPattern,
  type ReportedTab,
  siteOf,
} from "./host_access_tab.ts";
import { matchesUrl, type MatchPattern, overlapsPattern } from "./match_pattern.ts";
import { wholeSite } from "./site_pattern.ts";

export { noTabs, readDeclared } from "./host_access_tab.ts";
export type {
  HostAccessDetails,
  HostAccessRequest,
  HostAccessRules,
  HostAccessState,
  HostAccessTab,
  ReportedTab,
} from "./host_access_tab.ts";

/** The least time between changes that an app makes to the request of one tab, in milliseconds. */
export const hostAccessCooldownMs = 1000;

/** The state afterwards, and Chrome's sentence for what is wrong; null when the call is valid. */
export interface HostAccessStep {
  readonly state: HostAccessState;
  readonly error: string | null;
}

/**
 * A tab came up, went to the front or the back, or navigated. Within its site the request stays; with another site it
 * goes, and so do dismissal and cooldown.
 */
export function reportTab(
  state: HostAccessState,
  tab: ReportedTab,
  nowMs: number,
): HostAccessState {
  const before = state.get(tab.tabId);
  const stays = before !== undefined && siteOf(before.url) === siteOf(tab.url);
  const { request, dismissed, changedAtMs } = stays ? before : fresh;
  const { tabId, documentId, url, active } = tab;
  return withTab(state, {
    tabId,
    documentId,
    url,
    active,
    request,
    dismissed,
    changedAtMs,
    reportedAtMs: nowMs,
  });
}

const fresh = { request: null, dismissed: false, changedAtMs: null };

/** A tab was closed. */
export function closeTab(state: HostAccessState, tabId: number): HostAccessState {
  if (!state.has(tabId)) return state;
  const rest = new Map(state);
  rest.delete(tabId);
  return rest;
}

/**
 * The app asks for access to the page in a tab. What is wrong with the call is told; nothing is told of the page, so a
 * page that the app does not declare, or that nobody may grant, is a valid call without effect.
 */
export function addHostAccessRequest(
  state: HostAccessState,
  details: HostAccessDetails,
  rules: HostAccessRules,
  nowMs: number,
): HostAccessStep {
  const meant = meantRequest(state, details, "add");
  if ("error" in meant) return { state, error: meant.error };
  const { tab, pattern } = meant;
  if (rules.declared.length === 0) return { state, error: errors.noHosts };
  if (rules.hasAccess(tab.url)) return { state, error: errors.hasAccess };
  if (pattern !== null && !rules.declared.some((one) => overlapsPattern(one, pattern))) {
    return { state, error: errors.foreignPattern };
  }
  return putRequest(state, tab.tabId, pattern, rules, nowMs);
}

/**
 * Puts a request on a tab: what `addHostAccessRequest()` does once the call is known to be in order. Also Chrome's inner
 * helper, which its tests call by itself.
 */
export function putRequest(
  state: HostAccessState,
  tabId: number,
  pattern: MatchPattern | null,
  rules: HostAccessRules,
  nowMs: number,
): HostAccessStep {
  const tab = state.get(tabId);
  if (tab === undefined || !isAskable(tab.url, rules)) return { state, error: null };
  if (pattern !== null && !matchesUrl(wholeSite(pattern), tab.url)) {
    return { state: withTab(state, { ...tab, request: null }), error: null };
  }
  if (tab.request === null && isTooSoon(tab, rules, nowMs)) {
    return { state, error: errors.addTooSoon };
  }
  const seen = tab.request?.seen ?? false;
  const request = { pattern: pattern?.text ?? null, addedAtMs: nowMs, seen };
  return { state: withTab(state, { ...tab, request, changedAtMs: nowMs }), error: null };
}

/** The app takes its request back. With a pattern, only a request with that very pattern. */
export function removeHostAccessRequest(
  state: HostAccessState,
  details: HostAccessDetails,
  rules: Pick<HostAccessRules, "cooldownMs">,
  nowMs: number,
): HostAccessStep {
  const meant = meantRequest(state, details, "remove");
  if ("error" in meant) return { state, error: meant.error };
  const { tab, pattern } = meant;
  if (tab.request === null || (pattern !== null && tab.request.pattern !== pattern.text)) {
    return { state, error: errors.noRequest };
  }
  if (isTooSoon(tab, rules, nowMs)) return { state, error: errors.removeTooSoon };
  return { state: withTab(state, { ...tab, request: null, changedAtMs: nowMs }), error: null };
}

/** The person dismisses what a tab asks: nothing more is shown there until it leaves its site. */
export function dismissRequest(
  state: HostAccessState,
  tabId: number,
  nowMs: number,
): HostAccessState {
  const tab = state.get(tabId);
  if (tab === undefined || tab.request === null) return state;
  return withTab(state, { ...tab, request: null, dismissed: true, changedAtMs: nowMs });
}

/** The card of a tab's request was on the person's screen. */
export function markSeen(state: HostAccessState, tabId: number): HostAccessState {
  const tab = state.get(tabId);
  if (!tab?.request || tab.request.seen) return state;
  return withTab(state, { ...tab, request: { ...tab.request, seen: true } });
}

/** Access may have been granted, by whatever route: what asks for access that is there is gone. */
export function dropGranted(
  state: HostAccessState,
  { hasAccess }: Pick<HostAccessRules, "hasAccess">,
): HostAccessState {
  return withoutRequests(state, ({ url }) => hasAccess(url));
}

/** The app was paused or stopped: all its requests are gone, and none comes back by itself. */
export function dropRequests(state: HostAccessState): HostAccessState {
  return withoutRequests(state, () => true);
}

/** Forgets tabs that nobody has told of since `beforeMs`. */
export function dropStale(state: HostAccessState, beforeMs: number): HostAccessState {
  const kept = [...state].filter(([, { reportedAtMs }]) => reportedAtMs >= beforeMs);
  return kept.length === state.size ? state : new Map(kept);
}

/** The tabs whose requests a person is to see, the oldest request first. */
export function shownTabs(
  state: HostAccessState,
  rules: Pick<HostAccessRules, "declared" | "isRestricted">,
): HostAccessTab[] {
  return [...state.values()]
    .filter((tab) => tab.active && isRequestActive(tab, rules))
    .sort((a, b) => addedAtMs(a) - addedAtMs(b) || a.tabId - b.tabId);
}

const addedAtMs = ({ request }: HostAccessTab) => request?.addedAtMs ?? 0;

// Chromium, permissions_api.cc and host_access_request_helper.cc; "does match" is as shipped.
const errors = {
  oneTarget: "Must specify either 'documentId' or 'tabId'.",
  noHosts: "Extension cannot add a host access request when it does not have any host permissions.",
  hasAccess: "Extension cannot add a host access request for a host it already has access to.",
  foreignPattern:
    "Extension cannot add a host access request with a pattern that does match any of its host permissions.",
  noRequest: "Extension cannot remove a host access request that doesn't exist.",
  addTooSoon: "Extension cannot add a host access request due to rate limiting.",
  removeTooSoon: "Extension cannot remove a host access request due to rate limiting.",
} as const;

/** The tab and the pattern that a call means, or what is wrong with it. */
function meantRequest(
  state: HostAccessState,
  { tabId, documentId, pattern }: HostAccessDetails,
  verb: "add" | "remove",
): { tab: HostAccessTab; pattern: MatchPattern | null } | { error: string } {
  if ((tabId === undefined) === (documentId === undefined)) return { error: errors.oneTarget };
  const tab = tabId !== undefined
    ? state.get(tabId)
    : [...state.values()].find((one) => one.documentId === documentId);
  if (tab === undefined) {
    const name = tabId !== undefined
      ? `No tab with ID '${tabId}'`
      : `No document with ID '${documentId}'`;
    return { error: `${name}.` };
  }
  if (pattern === undefined || pattern === null) return { tab, pattern: null };
  const read = readPattern(pattern);
  if (read !== null) return { tab, pattern: read };
  return { error: `Extension cannot ${verb} a request with an invalid value for 'pattern'.` };
}

function isTooSoon(
  { changedAtMs }: HostAccessTab,
  { cooldownMs = hostAccessCooldownMs }: Pick<HostAccessRules, "cooldownMs">,
  nowMs: number,
): boolean {
  if (changedAtMs === null) return false;
  const sinceMs = nowMs - changedAtMs;
  // A clock that was set back must not hold an app up for longer.
  return sinceMs >= 0 && sinceMs < cooldownMs;
}

function withTab(state: HostAccessState, tab: HostAccessTab): HostAccessState {
  return new Map(state).set(tab.tabId, tab);
}

function withoutRequests(
  state: HostAccessState,
  goes: (tab: HostAccessTab) => boolean,
): HostAccessState {
  const going = [...state.values()].filter((tab) => tab.request !== null && goes(tab));
  if (going.length === 0) return state;
  const next = new Map(state);
  for (const tab of going) next.set(tab.tabId, { ...tab, request: null });
  return next;
}
