/** Every row of the vectors for host access requests, and the rules that they do not reach. @module */
import assert from "node:assert/strict";
import {
  addHostAccessRequest,
  closeTab,
  dismissRequest,
  dropGranted,
  dropRequests,
  dropStale,
  type HostAccessDetails,
  type HostAccessRules,
  type HostAccessState,
  type HostAccessStep,
  markSeen,
  noTabs,
  putRequest,
  readDeclared,
  removeHostAccessRequest,
  type ReportedTab,
  reportTab,
  shownTabs,
} from "../../../broker/core/host_access_requests.ts";
import { sitePattern } from "../../../broker/core/fetch_url.ts";
import { isRequestActive } from "../../../broker/core/host_access_tab.ts";
import { matchesUrl } from "../../../broker/core/match_pattern.ts";
import { readVectors } from "./vectors.ts";

interface Step {
  op: string;
  ext?: string;
  pattern?: string | null;
  url?: string;
  ms?: number;
  within_ms?: number;
  error?: string | null;
  activeAfter?: boolean;
  activeA?: boolean;
  activeB?: boolean;
}

interface Row {
  name: string;
  given: {
    host_permissions?: string[];
    optional_host_permissions?: string[];
    content_script_matches?: string[];
    withheld?: boolean;
    tab_url: string;
    target?: "documentId";
    cooldown_ms?: number;
    extensions?: string[];
  };
  steps: Step[];
  source: string;
}

const tabId = 7;
const documentId = "document-of-tab-7";

/** One extension of a row, and the tab that it reports. */
class Extension {
  state: HostAccessState;
  readonly rules: HostAccessRules;
  readonly #row: Row;
  /** What it was granted: patterns of origins, or what it declares. */
  granted: string[];

  constructor(row: Row) {
    this.#row = row;
    const { host_permissions = [], withheld, tab_url: url } = row.given;
    const { optional_host_permissions = [], content_script_matches = [] } = row.given;
    this.granted = withheld === true ? [] : host_permissions;
    const { cooldown_ms: cooldownMs } = row.given;
    this.rules = {
      declared: readDeclared([
        ...host_permissions,
        ...optional_host_permissions,
        ...content_script_matches,
      ]),
      hasAccess: (url) => this.granted.some((pattern) => matchesUrl(pattern, url)),
      isRestricted: () => false,
      ...(cooldownMs !== undefined && { cooldownMs }),
    };
    this.state = reportTab(noTabs, { tabId, documentId, url, active: true }, 0);
  }

  get isActive(): boolean {
    const [tab] = this.state.values();
    return tab !== undefined && isRequestActive(tab, this.rules);
  }

  /** Does one step; answers its error. */
  run({ op, pattern, url }: Step, nowMs: number): string | null {
    const details: HostAccessDetails = this.#row.given.target === "documentId"
      ? { documentId, pattern }
      : { tabId, pattern };
    switch (op) {
      case "add":
        return this.#take(this.#add(details, nowMs));
      case "remove":
        return this.#take(removeHostAccessRequest(this.state, details, this.rules, nowMs));
      case "navigate":
        assert.ok(url);
        this.state = reportTab(this.state, { tabId, documentId, url, active: true }, nowMs);
        return null;
      case "withhold":
        this.granted = [];
        return null;
      case "grant-on-site":
      case "grant-one-time (activeTab)":
        this.granted = [sitePattern(new URL(this.state.get(tabId)?.url ?? ""))];
        this.state = dropGranted(this.state, this.rules);
        return null;
      case "user-dismiss":
        this.state = dismissRequest(this.state, tabId, nowMs);
        return null;
      case "disable":
      case "uninstall":
        this.state = dropRequests(this.state);
        return null;
      case "enable":
      case "sleep":
        return null;
      default:
        throw new Error(`No such step: ${op}`);
    }
  }

  /** Chrome's unit tests of its helper call below the checks of the API. */
  #add(details: HostAccessDetails, nowMs: number): HostAccessStep {
    if (!this.#row.source.includes("helper_unittest")) {
      return addHostAccessRequest(this.state, details, this.rules, nowMs);
    }
    assert.equal(details.pattern, null);
    return putRequest(this.state, tabId, null, this.rules, nowMs);
  }

  #take({ state, error }: HostAccessStep): string | null {
    this.state = state;
    return error;
  }
}

/** How much later a step comes than the one before it. */
function pause(row: Row, step: Step): number {
  if (step.op === "sleep") return step.ms ?? 0;
  if (step.within_ms !== undefined) return step.within_ms;
  // A row that says nothing of the cooldown is not about it.
  return row.given.cooldown_ms === undefined ? 1000 : 0;
}

for (const row of await readVectors<Row>("host-access-request.json")) {
  Deno.test(`vector: ${row.name}`, () => {
    const extensions = new Map(
      (row.given.extensions ?? ["A"]).map((name) => [name, new Extension(row)]),
    );
    let nowMs = 1_000_000;
    for (const [index, step] of row.steps.entries()) {
      const at = `step ${index + 1}, ${step.op}`;
      const extension = extensions.get(step.ext ?? "A");
      assert.ok(extension);
      nowMs += pause(row, step);
      const error = extension.run(step, nowMs);
      if (step.error !== undefined) assert.equal(error, step.error, at);
      if (step.activeAfter !== undefined) assert.equal(extension.isActive, step.activeAfter, at);
      if (step.activeA !== undefined) {
        assert.equal(extensions.get("A")?.isActive, step.activeA, at);
      }
      if (step.activeB !== undefined) {
        assert.equal(extensions.get("B")?.isActive, step.activeB, at);
      }
    }
  });
}

const rules: HostAccessRules = {
  declared: readDeclared(["https://*.example.com/app/"]),
  hasAccess: () => false,
  isRestricted: () => false,
};
const tab: ReportedTab = {
  tabId,
  documentId,
  url: "https://www.example.com/",
  active: true,
};
const opened = reportTab(noTabs, tab, 0);

/** The errors of calls that are wrong in more than one way: the first in Chrome's order is told. */
const orders: [name: string, details: HostAccessDetails, rules: HostAccessRules, error: string][] =
  [
    [
      "both targets",
      { tabId, documentId, pattern: "x" },
      rules,
      "Must specify either 'documentId' or 'tabId'.",
    ],
    ["no target", { pattern: "x" }, rules, "Must specify either 'documentId' or 'tabId'."],
    ["an unknown tab", { tabId: 99, pattern: "x" }, rules, "No tab with ID '99'."],
    [
      "a huge tab id",
      { tabId: Number.MAX_SAFE_INTEGER },
      rules,
      "No tab with ID '9007199254740991'.",
    ],
    ["an unknown document", { documentId: "gone" }, rules, "No document with ID 'gone'."],
    [
      "a bad pattern, and nothing declared",
      { tabId, pattern: "x" },
      { ...rules, declared: [] },
      "Extension cannot add a request with an invalid value for 'pattern'.",
    ],
    [
      "nothing declared, and access",
      { tabId },
      { ...rules, declared: [], hasAccess: () => true },
      "Extension cannot add a host access request when it does not have any host permissions.",
    ],
    [
      "access, and a foreign pattern",
      { tabId, pattern: "https://other.example/*" },
      { ...rules, hasAccess: () => true },
      "Extension cannot add a host access request for a host it already has access to.",
    ],
    [
      "a foreign pattern on a restricted page",
      { tabId, pattern: "https://other.example/*" },
      { ...rules, isRestricted: () => true },
      "Extension cannot add a host access request with a pattern that does match any of its host permissions.",
    ],
  ];

for (const [name, details, given, expected] of orders) {
  Deno.test(`the first thing wrong is told: ${name}`, () => {
    const { state, error } = addHostAccessRequest(opened, details, given, 0);
    assert.equal(error, expected);
    assert.equal(state, opened, "nothing has changed");
  });
}

Deno.test("what can't be granted is a valid call without effect, whatever the page", () => {
  const urls = [
    "https://undeclared.example/",
    "http://www.example.com/",
    "chrome://extensions/",
    "chrome-extension://abc/page.html",
    "about:blank",
    "file:///home/me/letter.txt",
    "no url at all",
  ];
  const all = { ...rules, declared: readDeclared(["https://*.example.com/*", "file:///*"]) };
  for (const url of urls) {
    const before = reportTab(noTabs, { ...tab, url }, 0);
    assert.deepEqual(addHostAccessRequest(before, { tabId }, all, 0), {
      state: before,
      error: null,
    });
  }
  const restricted = { ...rules, isRestricted: () => true };
  assert.deepEqual(addHostAccessRequest(opened, { tabId }, restricted, 0), {
    state: opened,
    error: null,
  });
});

Deno.test("the path of a declared host is not used; that of a request's pattern is", () => {
  const asked = addHostAccessRequest(opened, { tabId, pattern: "*://*/inbox*" }, rules, 0);
  assert.equal(asked.error, null);
  assert.equal(shownTabs(asked.state, rules).length, 0);
  const moved = reportTab(asked.state, { ...tab, url: "https://www.example.com/inbox?x" }, 1);
  assert.equal(shownTabs(moved, rules).length, 1);
});

Deno.test("a pattern that is for another site of the app takes the request away, at once", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  const pattern = "https://other.example.com/*";
  const { state, error } = addHostAccessRequest(asked, { tabId, pattern }, rules, 1);
  assert.equal(error, null);
  assert.equal(state.get(tabId)?.request, null);
});

Deno.test("shown only while its tab is in front", () => {
  const behind = reportTab(noTabs, { ...tab, active: false }, 0);
  const asked = addHostAccessRequest(behind, { tabId }, rules, 0).state;
  assert.equal(shownTabs(asked, rules).length, 0);
  assert.equal(shownTabs(reportTab(asked, tab, 1), rules).length, 1);
});

Deno.test("no longer shown when the app no longer declares the site, or policy forbids it", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  assert.equal(shownTabs(asked, { ...rules, declared: [] }).length, 0);
  assert.equal(shownTabs(asked, { ...rules, isRestricted: () => true }).length, 0);
});

Deno.test("replacing a request has no cooldown, and begins one", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  const replaced = addHostAccessRequest(asked, { documentId, pattern: "*://*/a" }, rules, 999);
  assert.equal(replaced.error, null);
  assert.deepEqual(replaced.state.get(tabId)?.request, {
    pattern: "*://*/a",
    addedAtMs: 999,
    seen: false,
  });
  const soon = removeHostAccessRequest(replaced.state, { tabId }, rules, 1998);
  assert.equal(
    soon.error,
    "Extension cannot remove a host access request due to rate limiting.",
  );
  assert.equal(removeHostAccessRequest(replaced.state, { tabId }, rules, 1999).error, null);
});

Deno.test("what was seen stays seen while it is asked, and another question is not", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  const seen = markSeen(asked, tabId);
  assert.equal(markSeen(seen, tabId), seen);
  const replaced = addHostAccessRequest(seen, { tabId, pattern: "*://*/*" }, rules, 1).state;
  assert.equal(replaced.get(tabId)?.request?.seen, true);
  const removed = removeHostAccessRequest(replaced, { tabId }, rules, 2000).state;
  assert.equal(markSeen(removed, tabId), removed);
  const again = addHostAccessRequest(removed, { tabId }, rules, 4000).state;
  assert.equal(again.get(tabId)?.request?.seen, false);
});

Deno.test("a clock that was set back holds nobody up", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 1_000_000).state;
  assert.equal(removeHostAccessRequest(asked, { tabId }, rules, 5).error, null);
});

Deno.test("a pattern is removed in any spelling of its host, and no other pattern is", () => {
  const pattern = "https://WWW.example.com/*";
  const asked = addHostAccessRequest(opened, { tabId, pattern }, rules, 0).state;
  const removing = (pattern: string) =>
    removeHostAccessRequest(asked, { tabId, pattern }, rules, 5000).error;
  assert.equal(removing("https://www.example.com/*"), null);
  assert.notEqual(removing("https://www.example.com/"), null);
  assert.equal(
    removing("x"),
    "Extension cannot remove a request with an invalid value for 'pattern'.",
  );
});

Deno.test("another port or scheme is another site; another path or document is not", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  const stays = (url: string, documentId: string | null = null) =>
    reportTab(asked, { ...tab, url, documentId }, 1).get(tabId)?.request !== null;
  assert.equal(stays("https://www.example.com/other?x#y", "another"), true);
  assert.equal(stays("https://www.example.com:443/"), true);
  assert.equal(stays("https://www.example.com:8443/"), false);
  assert.equal(stays("http://www.example.com/"), false);
  assert.equal(stays("https://example.com/"), false);
  assert.equal(stays("about:blank"), false);
});

Deno.test("the id of a document that has gone is unknown", () => {
  const moved = reportTab(opened, { ...tab, documentId: "next" }, 1);
  assert.equal(
    addHostAccessRequest(moved, { documentId }, rules, 1).error,
    `No document with ID '${documentId}'.`,
  );
});

Deno.test("a closed tab is unknown, and nothing of it comes back", () => {
  const asked = addHostAccessRequest(opened, { tabId }, rules, 0).state;
  const closed = closeTab(asked, tabId);
  assert.equal(addHostAccessRequest(closed, { tabId }, rules, 1).error, "No tab with ID '7'.");
  assert.equal(shownTabs(reportTab(closed, tab, 2), rules).length, 0);
  assert.equal(closeTab(closed, tabId), closed);
});

Deno.test("tabs that nobody tells of any more are forgotten", () => {
  const two = reportTab(opened, { ...tab, tabId: 8 }, 500);
  assert.deepEqual([...dropStale(two, 500).keys()], [8]);
  assert.equal(dropStale(two, 0), two);
});

Deno.test("tabs are apart: what is dismissed on one is shown on another", () => {
  const two = reportTab(opened, { ...tab, tabId: 8, documentId: null }, 0);
  let state = addHostAccessRequest(two, { tabId }, rules, 0).state;
  state = addHostAccessRequest(state, { tabId: 8 }, rules, 0).state;
  state = dismissRequest(state, tabId, 10);
  assert.deepEqual(shownTabs(state, rules).map((one) => one.tabId), [8]);
});
