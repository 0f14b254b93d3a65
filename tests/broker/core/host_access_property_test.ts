/** Host access requests in any order of steps: nothing throws, and what must always hold does. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addHostAccessRequest,
  closeTab,
  dismissRequest,
  dropGranted,
  dropRequests,
  type HostAccessRules,
  type HostAccessState,
  noTabs,
  readDeclared,
  removeHostAccessRequest,
  reportTab,
  shownTabs,
} from "../../../broker/core/host_access_requests.ts";
import { matchesUrl } from "../../../broker/core/match_pattern.ts";

const seed = 20260718;

const tabId = fc.constantFrom(1, 2, 3);
const documentId = fc.constantFrom("a", "b", null);
const url = fc.constantFrom(
  "https://a.example/",
  "https://a.example/page?q",
  "https://b.a.example/page",
  "http://a.example/",
  "https://c.example/",
  "chrome://settings/",
  "about:blank",
  "nonsense",
);
const pattern = fc.constantFrom(
  undefined,
  null,
  "https://a.example/*",
  "*://*.a.example/page*",
  "https://c.example/*",
  "<all_urls>",
  "nonsense",
);
const declared = fc.subarray(["https://*.a.example/*", "http://a.example/x", "*://c.example/*"]);

type Step =
  | { kind: "report"; tabId: number; documentId: string | null; url: string; active: boolean }
  | { kind: "close" | "dismiss"; tabId: number }
  | { kind: "add" | "remove"; tabId?: number; documentId?: string; pattern?: string | null }
  | { kind: "granted" | "unload" };

const target = fc.oneof<fc.MaybeWeightedArbitrary<{ tabId?: number; documentId?: string }>[]>(
  { weight: 6, arbitrary: fc.record({ tabId }) },
  { weight: 2, arbitrary: fc.record({ documentId: fc.constantFrom("a", "b") }) },
  { weight: 1, arbitrary: fc.constant({}) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      tabId,
      documentId,
      url,
      active: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("close" as const, "dismiss" as const), tabId }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("granted" as const, "unload" as const) }),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constantFrom("add" as const, "add" as const, "remove" as const),
      target,
      pattern,
    )
      .map(([kind, target, pattern]) => ({
        kind,
        ...target,
        ...(pattern !== undefined && { pattern }),
      })),
  },
);

function run(state: HostAccessState, one: Step, rules: HostAccessRules, nowMs: number) {
  switch (one.kind) {
    case "report":
      return reportTab(state, one, nowMs);
    case "close":
      return closeTab(state, one.tabId);
    case "dismiss":
      return dismissRequest(state, one.tabId, nowMs);
    case "add":
      return addHostAccessRequest(state, one, rules, nowMs).state;
    case "remove":
      return removeHostAccessRequest(state, one, rules, nowMs).state;
    case "granted":
      return dropGranted(state, rules);
    case "unload":
      return dropRequests(state);
  }
}

const walk = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 1500 })), {
  minLength: 10,
  maxLength: 40,
  size: "max",
});

Deno.test("no order of steps throws, and what must hold holds after each", () => {
  let shownEver = 0;
  fc.assert(
    fc.property(
      walk,
      declared,
      fc.constantFrom("https://a.example/*", null),
      (steps, hosts, has) => {
        const rules: HostAccessRules = {
          declared: readDeclared(hosts),
          hasAccess: (url) => has !== null && matchesUrl(has, url),
          isRestricted: (url) => url.startsWith("https://b."),
        };
        let state = noTabs;
        let nowMs = 0;
        for (const [one, pauseMs] of steps) {
          nowMs += pauseMs;
          const before = state;
          const copy = structuredClone([...before]);
          state = run(state, one, rules, nowMs);
          assert.deepEqual([...before], copy, "a state is never edited");
          const shown = shownTabs(state, rules);
          shownEver += shown.length;
          assert.equal(
            new Set(shown.map((tab) => tab.tabId)).size,
            shown.length,
            "one for each tab",
          );
          for (const tab of shown) {
            assert.ok(tab.active && !tab.dismissed && tab.request !== null);
            assert.ok(rules.declared.some((pattern) => matchesUrl(pattern, tab.url)), "declared");
            assert.ok(!rules.isRestricted(tab.url) && /^https?:/.test(tab.url), "grantable");
            assert.ok(tab.request.pattern === null || matchesUrl(tab.request.pattern, tab.url));
          }
          if (one.kind === "unload") assert.deepEqual(shown, []);
          if (one.kind === "granted") assert.ok(shown.every((tab) => !rules.hasAccess(tab.url)));
          if (one.kind === "dismiss") {
            assert.ok(
              shown.every((tab) => tab.tabId !== one.tabId || !before.get(one.tabId)?.request),
            );
          }
        }
      },
    ),
    { seed, numRuns: 3000 },
  );
  assert.ok(shownEver > 1000, `only ${shownEver} were shown`);
});

Deno.test("an answer never depends on a page that the app does not declare", () => {
  const undeclared = fc.constantFrom(
    "https://secret.example/",
    "http://127.0.0.1:8080/",
    "chrome://settings/",
    "about:blank",
  );
  const one = fc.record({ tabId: fc.constant(1) });
  fc.assert(
    fc.property(undeclared, undeclared, one, pattern, (first, second, target, pattern) => {
      const rules: HostAccessRules = {
        declared: readDeclared(["https://a.example/*"]),
        hasAccess: () => false,
        isRestricted: (url) => url.includes("127.0.0.1"),
      };
      const ask = (url: string) =>
        addHostAccessRequest(
          reportTab(noTabs, { tabId: 1, documentId: null, url, active: true }, 0),
          { ...target, pattern },
          rules,
          0,
        ).error;
      assert.equal(ask(first), ask(second));
    }),
    { seed, numRuns: 1000 },
  );
});
