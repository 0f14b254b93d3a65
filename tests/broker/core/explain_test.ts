/** The explanation: the decision itself, every step, every candidate with the parts that failed, addresses and advice. @module */
import assert from "node:assert/strict";
import { decide } from "../../../broker/core/decide.ts";
import { explain, maxCandidates } from "../../../broker/core/explain.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { noPolicy, type PolicyRule } from "../../../broker/core/policy.ts";
import type { Question } from "../../../broker/core/question.ts";
import type { App } from "../../../broker/schema/app.ts";
import { decisionSteps, Explanation } from "../../../broker/schema/explanation.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const nowMs = Date.UTC(2026, 0, 1);
const app: App = {
  v: 1,
  id: fakeId("app", 1),
  kind: "web",
  origin: "https://mail.example.com",
  manifestId: "https://mail.example.com/",
  state: "installed",
  claims: { name: "Mail", manifestUrl: null, reason: null },
  credentials: [],
  registeredAtMs: nowMs,
  installedAtMs: nowMs,
  pausedAtMs: null,
  silence: null,
};

let made = 0;
const grant = (more: Partial<Grant>): Grant => ({
  v: 1,
  id: fakeId("grant", ++made),
  effect: "allow",
  appId: app.id,
  capability: "tcp-connect",
  target: "imap.example.com:993",
  spaces: ["public"],
  duration: { kind: "always" },
  createdAtMs: nowMs,
  expiresAtMs: null,
  requestId: null,
  spentBy: null,
  ...more,
});

const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  id: "policy.rules[0]",
  effect: "deny",
  apps: ["*"],
  capabilities: ["tcp-connect"],
  targets: ["*:25"],
  except: [],
  reason: null,
  ...more,
});

const question = (more: Partial<Question>): Question => ({
  app,
  capability: "tcp-connect",
  target: "imap.example.com:993",
  addresses: null,
  sessionId: null,
  policy: noPolicy,
  grants: indexGrants([]),
  mode: "ask",
  limit: null,
  embargoed: false,
  ownAddresses: new Set(),
  brokerPorts: [8737],
  nowMs,
  ...more,
});

/** The parts that did not match, of the one candidate there is. */
function missesOf(parts: Partial<Question>): string[] {
  const { candidates } = explain(question(parts));
  assert.equal(candidates.length, 1);
  return candidates[0]!.parts.filter(({ matched }) => !matched).map(({ part }) => part);
}
const ofGrant = (more: Partial<Grant>, parts: Partial<Question> = {}) =>
  missesOf({ grants: indexGrants([grant(more)]), ...parts });
const ofRule = (more: Partial<PolicyRule>, parts: Partial<Question> = {}) =>
  missesOf({ policy: { ...noPolicy, rules: [rule(more)] }, ...parts });

const table: [name: string, misses: () => string[], expected: string[]][] = [
  ["a grant that matches", () => ofGrant({}), []],
  ["another capability", () => ofGrant({ capability: "udp-send" }), ["capability"]],
  ["a grant past its time", () => ofGrant({ expiresAtMs: nowMs }), ["expiry"]],
  [
    "a grant past policy's longest",
    () => ofGrant({}, { policy: { ...noPolicy, durations: { longestMs: 0 } } }),
    ["expiry"],
  ],
  ["a grant that is used up", () => ofGrant({ spentBy: fakeId("sess", 1) }), ["use"]],
  ["another host", () => ofGrant({ target: "smtp.example.com:993" }), ["host", "rest"]],
  ["another port", () => ofGrant({ target: "imap.example.com:143" }), ["rest"]],
  [
    "another address space",
    () => ofGrant({ target: "10.0.0.1:993" }, { target: "10.0.0.1:993" }),
    ["space"],
  ],
  ["a rule that matches", () => ofRule({ targets: ["*"] }), []],
  ["a rule for another app", () => ofRule({ apps: ["https://a.example"], targets: ["*"] }), [
    "app",
  ]],
  ["a rule for another port", () => ofRule({}), ["rest"]],
  ["a rule that excepts it", () => ofRule({ targets: ["*"], except: ["*:993"] }), ["except"]],
];

for (const [name, misses, expected] of table) {
  Deno.test(`explain: ${name}`, () => assert.deepEqual(misses(), expected));
}

Deno.test("explain: the decision is that of decide(), and is what the first step said", () => {
  const questions = [
    question({}),
    question({ target: "nonsense" }),
    question({ app: null }),
    question({ mode: "lockdown" }),
    question({ grants: indexGrants([grant({}), grant({ effect: "deny" })]) }),
    question({ policy: { ...noPolicy, rules: [rule({ targets: ["nonsense"] })] } }),
    question({ addresses: ["10.0.0.1"], grants: indexGrants([grant({})]) }),
  ];
  for (const asked of questions) {
    const explanation = explain(asked);
    assert.deepEqual(Explanation.parse(explanation), explanation);
    assert.deepEqual(explanation.decision, decide(asked));
    const said = explanation.steps.find(({ decision }) => decision !== null);
    assert.deepEqual(said?.decision, explanation.decision);
    assert.ok(explanation.advice.length > 0);
  }
});

Deno.test("explain: later steps are told, too", () => {
  const { steps, decision } = explain(question({
    app: { ...app, pausedAtMs: nowMs },
    grants: indexGrants([grant({}), grant({ effect: "deny" })]),
  }));
  assert.equal(decision.reason, "paused");
  assert.deepEqual(steps.map(({ step }) => step), [...decisionSteps]);
  const spoke = steps.filter(({ decision }) => decision !== null).map(({ step }) => step);
  assert.deepEqual(spoke, ["paused", "grant-deny", "grant-allow", "otherwise"]);
});

Deno.test("explain: a rule that can't be read says so, and names no host", () => {
  const { decision, candidates } = explain(
    question({ policy: { ...noPolicy, rules: [rule({ targets: ["nonsense"] })] } }),
  );
  assert.equal(decision.reason, "rule-error");
  assert.match(candidates[0]?.fault ?? "", /^nonsense: Add a port/);
});

Deno.test("explain: addresses are told with where they lie", () => {
  const { addresses, decision } = explain(question({
    addresses: ["93.184.216.34", "10.0.0.1"],
    policy: { ...noPolicy, intranet: ["10.0.0.0/8"] },
  }));
  assert.equal(decision.effect, "ask");
  assert.deepEqual(addresses.map(({ space, intranet }) => [space, intranet]), [
    ["public", false],
    ["local", true],
  ]);
});

Deno.test("explain: of many candidates the nearest are listed, those that match first", () => {
  const grants = Array.from(
    { length: maxCandidates + 50 },
    (_, n) => grant({ target: n === 120 ? "*:*" : n === 130 ? "imap.example.com:1" : `h${n}:1` }),
  );
  const { candidates, moreCandidates } = explain(question({ grants: indexGrants(grants) }));
  assert.equal(candidates.length, maxCandidates);
  assert.equal(moreCandidates, 50);
  assert.deepEqual(candidates.slice(0, 2).map(({ id }) => id), [grants[120]!.id, grants[130]!.id]);
});

Deno.test("explain: whom to ask about a policy is told", () => {
  const { advice } = explain(question({
    policy: { ...noPolicy, contact: "it@example.com", rules: [rule({ targets: ["*"] })] },
  }));
  assert.equal(advice.at(-1), "Ask it@example.com.");
});
