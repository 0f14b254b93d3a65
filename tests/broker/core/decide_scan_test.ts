/** The indexes of `decide()` change nothing: for any question it says what a plain scan over all rules and grants says. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { classifyAddress } from "../../../broker/core/address_space.ts";
import { decide } from "../../../broker/core/decide.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { containsPattern } from "../../../broker/core/match_pattern.ts";
import { noPolicy, type Policy, type PolicyRule } from "../../../broker/core/policy.ts";
import type { Question } from "../../../broker/core/question.ts";
import { coversTarget, parseTarget } from "../../../broker/core/target.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const nowMs = 1_000_000;

/** Whether `outer` covers `inner`, read in the grammar of the capability; throws for what is not in it. */
function covers(capability: Capability, outer: string, inner: string): boolean {
  if (capability === "network-info") return outer === "*" && inner === "*";
  if (capability === "host-access") {
    return containsPattern(outer === "*" ? "<all_urls>" : outer, inner);
  }
  return coversTarget(outer === "*" ? "*:*" : outer, inner);
}

/** The host of a match pattern; null for those of many hosts. */
function patternHost(pattern: string): string | null {
  const [, host = "*"] = /^[^:]+:\/\/(\[[^\]]*\]|[^/:]*)/.exec(pattern) ?? [];
  return host.startsWith("*") ? null : host;
}

/** The one address that a question's target is; null for all other targets. */
function literalOf({ capability, target }: Question): string | null {
  if (capability === "network-info") return null;
  if (capability === "host-access") {
    const host = patternHost(target);
    return host !== null && /^[\d.]+$|^\[/.test(host) ? host : null;
  }
  const { host, text } = parseTarget(target);
  const isOne = host.kind === "block" && host.block.first === host.block.last;
  return isOne ? text.slice(0, text.lastIndexOf(":")) : null;
}

/** The target, and what it is by each of its addresses. */
function facesOf(question: Question): string[] {
  const { capability, target, addresses } = question;
  if (capability === "network-info") return [target];
  if (literalOf(question) !== null) return [target];
  const bracketed = (addresses ?? []).map((text) => text.includes(":") ? `[${text}]` : text);
  if (capability === "host-access") {
    const host = patternHost(target);
    if (host === null) return [target];
    return [target, ...bracketed.map((address) => target.replace(`://${host}`, `://${address}`))];
  }
  const port = target.slice(target.lastIndexOf(":"));
  return [target, ...bracketed.map((host) => `${host}${port}`)];
}

function isFor(rule: PolicyRule, { app, capability }: Question): boolean {
  const names = ["*", app?.id, app?.origin, app?.manifestId];
  return rule.apps.some((name) => names.includes(name)) &&
    (rule.capabilities.includes("*") || rule.capabilities.includes(capability));
}

/** The first rule that matches, looked for one after the other. */
function scanRules(effect: "allow" | "deny", question: Question): string | null {
  const { policy, capability, target } = question;
  const faces = facesOf(question);
  for (const rule of policy.rules) {
    if (rule.effect !== effect || !isFor(rule, question)) continue;
    const fits = (texts: readonly string[]) => texts.filter((text) => isReadable(capability, text));
    const [targets, except] = [fits(rule.targets), fits(rule.except)];
    if ([...rule.targets, ...rule.except].includes("nonsense")) return "rule-error";
    const isExcepted = (face: string) => except.some((outer) => covers(capability, outer, face));
    const isCovered = (face: string) => targets.some((outer) => covers(capability, outer, face));
    const matches = effect === "allow"
      ? isCovered(target) && !faces.some(isExcepted)
      : !isExcepted(target) && faces.some((face) => isCovered(face) && !isExcepted(face));
    if (matches) return rule.id;
  }
  return null;
}

function isReadable(capability: Capability, text: string): boolean {
  if (capability === "network-info") return text === "*";
  try {
    covers(capability, text, capability === "host-access" ? "https://a/*" : "a:1");
    return true;
  } catch {
    return false;
  }
}

function scanGrants(effect: "allow" | "deny", grants: readonly Grant[], question: Question) {
  const { capability, target, policy, sessionId, ownAddresses } = question;
  const { longestMs } = policy.durations;
  const faces = facesOf(question);
  const literal = literalOf(question);
  const isLookedUp = capability === "host-access"
    ? patternHost(target) !== null
    : capability !== "network-info";
  const addresses = literal !== null ? [literal] : isLookedUp ? question.addresses ?? [] : [];
  const spaces = addresses.map((address) => classifyAddress(address, ownAddresses).space);
  return grants.find((grant) =>
    grant.effect === effect && grant.capability === capability &&
    (grant.expiresAtMs === null || nowMs < grant.expiresAtMs) &&
    (effect === "deny" || longestMs === null || nowMs < grant.createdAtMs + longestMs) &&
    (grant.spentBy === null || grant.spentBy === sessionId) &&
    (effect === "deny"
      ? faces.some((face) => covers(capability, grant.target, face))
      : covers(capability, grant.target, target) &&
        spaces.every((space) => grant.spaces.includes(space)))
  )?.id ?? null;
}

/** What the steps that look things up say, in their order; protections are taken from the decision itself. */
function scan(question: Question, grants: readonly Grant[]): string {
  const denied = scanRules("deny", question);
  if (denied !== null) return denied;
  const protectionsOnly = decide({ ...question, policy: noPolicy, grants: indexGrants([]) });
  if (protectionsOnly.effect === "deny") return protectionsOnly.reason;
  return scanRules("allow", question) ?? scanGrants("deny", grants, question) ??
    scanGrants("allow", grants, question) ?? "no-answer-yet";
}

const app: App = {
  v: 1,
  id: fakeId("app", 1),
  kind: "web",
  origin: "https://mail.example.com",
  manifestId: "https://mail.example.com/app",
  state: "installed",
  claims: { name: "Mail", manifestUrl: null, reason: null },
  credentials: [],
  registeredAtMs: 0,
  installedAtMs: 0,
  pausedAtMs: null,
  silence: null,
};

// Few labels, few blocks and few ports, so that targets meet, nest and miss each other by a little.
const label = fc.constantFrom("a", "b", "aa");
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
const v4 = fc.constantFrom("93.184.216.34", "93.184.216.35", "93.184.0.1", "10.0.0.1", "10.0.1.1");
const v6 = fc.constantFrom("2606:2800::1", "2606:2800::2", "2606:2801::1", "fd00::1");
const block4 = fc.tuple(v4, fc.constantFrom(0, 8, 16, 24, 31, 32)).map(([text, bits]) => {
  const value = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = bits === 0 ? 0 : Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${bits}`;
});
const block6 = fc.constantFrom("[::]/0", "[2606:2800::]/32", "[2606::]/16", "[fd00::]/8");
const port = fc.constantFrom("1", "2", "80", "1-2", "2-80", "*");
const socketHost = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  v4,
  v6.map((text) => `[${text}]`),
  block4,
  block6,
  fc.constant("*"),
);
const socketTarget = fc.tuple(socketHost, port).map(([host, port]) => `${host}:${port}`);
const pattern = fc.tuple(
  fc.constantFrom("http", "https", "*", "wss"),
  fc.oneof(name, name.map((text) => `*.${text}`), fc.constant("*"), v4),
  fc.constantFrom("/*", "/a*", "/a", "/ab*"),
).map(([scheme, host, path]) => `${scheme}://${host}${path}`);

const capability = fc.constantFrom<Capability[]>(
  "tcp-connect",
  "tcp-connect",
  "udp-send",
  "host-access",
  "network-info",
);
const targetOf = (kind: Capability) =>
  kind === "host-access" ? pattern : kind === "network-info" ? fc.constant("*") : socketTarget;

const anyTarget = fc.oneof(
  { arbitrary: socketTarget, weight: 6 },
  { arbitrary: pattern, weight: 3 },
  { arbitrary: fc.constant("*"), weight: 1 },
);

/** Rules as a policy may hold them: each target is one for at least one of the capabilities. */
const rule = fc.record({
  effect: fc.constantFrom<("allow" | "deny")[]>("allow", "deny"),
  apps: fc.array(
    fc.constantFrom("*", app.id, app.origin!, app.manifestId!, "https://other.example"),
    { minLength: 1, maxLength: 2 },
  ),
  capabilities: fc.array(fc.oneof(capability, fc.constant<"*">("*")), {
    minLength: 1,
    maxLength: 2,
  }),
  targets: fc.array(anyTarget, { minLength: 1, maxLength: 3 }),
  except: fc.array(anyTarget, { maxLength: 2 }),
  isBroken: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
}).map(({ isBroken, targets, except, ...rest }) => {
  const fits = (text: string) => {
    const named = rest.capabilities.includes("*")
      ? ["tcp-connect", "host-access", "network-info"] as const
      : rest.capabilities as Capability[];
    return named.some((name) => isReadable(name, text));
  };
  return {
    ...rest,
    targets: isBroken ? ["nonsense"] : targets.filter(fits),
    except: except.filter(fits),
    reason: null,
  };
});

const policy = fc.record({
  rules: fc.array(rule, { maxLength: 8 }),
  longestMs: fc.constantFrom(null, null, 500),
}).map(({ rules, longestMs }): Policy => ({
  ...noPolicy,
  rules: rules.map((rule, index) => ({ ...rule, id: `policy.rules[${index}]` })),
  durations: { longestMs },
}));

const grant = capability.chain((kind) =>
  fc.record({
    effect: fc.constantFrom<("allow" | "deny")[]>("allow", "allow", "deny"),
    capability: fc.constant(kind),
    target: targetOf(kind),
    spaces: fc.constantFrom<Grant["spaces"][]>(["public"], ["public", "local"], ["local"]),
    createdAtMs: fc.constantFrom(nowMs - 1000, nowMs - 100),
    expiresAtMs: fc.constantFrom(null, nowMs, nowMs + 1),
    spentBy: fc.constantFrom(null, null, fakeId("sess", 1), fakeId("sess", 2)),
  })
);
const grants = fc.array(grant, { maxLength: 12 }).map((all) =>
  all.map((one, index): Grant => ({
    v: 1,
    id: fakeId("grant", index + 1),
    appId: app.id,
    duration: { kind: "always" },
    requestId: null,
    ...one,
  }))
);

const question = capability.chain((kind) =>
  fc.record({
    capability: fc.constant(kind),
    target: targetOf(kind),
    addresses: fc.option(fc.array(fc.oneof(v4, v6), { maxLength: 2 })),
    sessionId: fc.constantFrom(null, fakeId("sess", 1)),
  })
);

Deno.test("decide() says what a scan over every rule and grant says", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(question, policy, grants, (asked, policy, grants) => {
      const whole: Question = {
        ...asked,
        app,
        policy,
        grants: indexGrants(grants),
        mode: "ask",
        limit: null,
        embargoed: false,
        ownAddresses: new Set(),
        brokerPorts: [],
        nowMs,
      };
      const { reason, ruleIds } = decide(whole);
      seen.set(reason, (seen.get(reason) ?? 0) + 1);
      assert.equal(ruleIds[0] ?? reason, scan(whole, grants));
    }),
    { numRuns: 6000, seed: 20260102 },
  );
  // Every kind of decision came about often enough for the test to mean something.
  for (const reason of ["policy-deny", "policy-allow", "grant-deny", "grant-allow", "rule-error"]) {
    assert.ok((seen.get(reason) ?? 0) > 30, `${reason}: ${seen.get(reason)}`);
  }
});
