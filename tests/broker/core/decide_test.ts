/** The decision: one line a case, and what holds for every question. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decide } from "../../../broker/core/decide.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { noPolicy, type Policy, type PolicyRule } from "../../../broker/core/policy.ts";
import type { Question } from "../../../broker/core/question.ts";
import type { DecisionReason, Effect } from "../../../broker/schema/decision.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { App } from "../../../broker/schema/app.ts";
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

function grant(more: Partial<Grant>): Grant {
  return {
    v: 1,
    id: fakeId("grant", 1),
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
  };
}

function rule(more: Partial<PolicyRule>): PolicyRule {
  return {
    id: "policy.rules[0]",
    effect: "deny",
    apps: ["*"],
    capabilities: ["tcp-connect"],
    targets: ["imap.example.com:993"],
    except: [],
    reason: null,
    ...more,
  };
}

function policy(more: Partial<Policy>): Policy {
  return { ...noPolicy, ...more };
}

const allow = indexGrants([grant({})]);
const deny = indexGrants([grant({ effect: "deny" })]);
const both = indexGrants([
  grant({}),
  grant({ id: fakeId("grant", 2), effect: "deny", target: "*.example.com:*" }),
]);
const grantId = fakeId("grant", 1);
const bounded = indexGrants([grant({ budget: { bytes: 1000, connections: 3 } })]);
const used = (bytes: number, connections: number) =>
  new Map([[grantId as string, { bytes, connections }]]);
const forLiteral = (target: string, spaces: Grant["spaces"]) =>
  indexGrants([grant({ target, spaces })]);

function question(more: Partial<Question>): Question {
  return {
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
    ownAddresses: new Set(["192.168.7.7", "203.0.114.9"]),
    broadcastAddresses: new Set(["192.168.7.255"]),
    brokerPorts: [8737],
    nowMs,
    ...more,
  };
}

const silence = { sinceMs: nowMs - 1, untilMs: null };
const limit = { message: "Too many.", retryAfterMs: 5 };
const session = fakeId("sess", 1);
const imapBlocked = new Set(["imap.example.com"]);

const forTenMinutes = {
  duration: { kind: "for", ms: 600_000 },
  expiresAtMs: nowMs + 600_000,
} as const;
const tenMinutes = indexGrants([grant(forTenMinutes)]);
const overNat64 = (...others: Grant[]) =>
  indexGrants([grant({ target: "[64:ff9b::808:808]:53" }), ...others]);

type Row = [string, Partial<Question>, Effect, DecisionReason];

const encryptedOnly = indexGrants([grant({ secureTransport: true })]);
const asFront = indexGrants([grant({ secureTransport: true, serverName: "front.example.net" })]);
const secure = { secureTransport: true };
const fronted = { secureTransport: true, serverName: "front.example.net" };

const table: Row[] = [
  [
    "encrypted, under an allowance of such",
    { ...secure, grants: encryptedOnly },
    "allow",
    "grant-allow",
  ],
  [
    "plain, under an allowance of encrypted ones",
    { grants: encryptedOnly },
    "ask",
    "no-answer-yet",
  ],
  ["plain, where nothing is said of encryption", { grants: allow }, "allow", "grant-allow"],
  ["encrypted, where nothing is said of it", { ...secure, grants: allow }, "allow", "grant-allow"],
  ["another name, where nothing is said", { ...fronted, grants: allow }, "allow", "grant-allow"],
  [
    "another name, under its own allowance",
    { ...fronted, grants: asFront },
    "allow",
    "grant-allow",
  ],
  [
    "another name, allowed the target's own",
    { ...fronted, grants: encryptedOnly },
    "ask",
    "no-answer-yet",
  ],
  [
    "the target's own name, allowed another",
    { ...secure, grants: asFront },
    "ask",
    "no-answer-yet",
  ],
  [
    "a third name",
    { ...fronted, serverName: "x.example", grants: asFront },
    "ask",
    "no-answer-yet",
  ],
  ["plain, allowed another name", { grants: asFront }, "ask", "no-answer-yet"],
  ["encrypted, under a denial", { ...secure, grants: deny }, "deny", "grant-deny"],
  [
    "another name that is denied, behind an address that is allowed",
    {
      ...fronted,
      grants: indexGrants([
        grant({}),
        grant({ id: fakeId("grant", 2), effect: "deny", target: "front.example.net:*" }),
      ]),
    },
    "deny",
    "grant-deny",
  ],
  [
    "another name that the policy denies",
    {
      ...fronted,
      grants: allow,
      policy: policy({ rules: [rule({ targets: ["*.example.net:993"] })] }),
    },
    "deny",
    "policy-deny",
  ],
  [
    "the same name at a literal address",
    {
      ...fronted,
      target: "93.184.216.34:993",
      policy: policy({ rules: [rule({ targets: ["*.example.net:993"] })] }),
    },
    "deny",
    "policy-deny",
  ],
  ["a budget of which nothing was used", { grants: bounded }, "allow", "grant-allow"],
  [
    "a budget with a little left",
    {
      grants: bounded,
      budgetUses: used(999, 2),
    },
    "allow",
    "grant-allow",
  ],
  [
    "a budget without bytes left",
    {
      grants: bounded,
      budgetUses: used(1000, 1),
    },
    "deny",
    "budget-spent",
  ],
  [
    "a budget without connections left",
    {
      grants: bounded,
      budgetUses: used(0, 3),
    },
    "deny",
    "budget-spent",
  ],
  [
    "a session that is open counts among the connections already",
    {
      grants: bounded,
      budgetUses: used(999, 3),
      sessionId: session,
    },
    "allow",
    "grant-allow",
  ],
  [
    "an open session without bytes left",
    {
      grants: bounded,
      budgetUses: used(1000, 1),
      sessionId: session,
    },
    "deny",
    "budget-spent",
  ],
  [
    "a used-up allowance beside an unbounded one",
    {
      grants: indexGrants([
        grant({ budget: { bytes: 1 } }),
        grant({ id: fakeId("grant", 2), target: "*.example.com:993" }),
      ]),
      budgetUses: used(1, 1),
    },
    "allow",
    "grant-allow",
  ],
  [
    "a used-up allowance that has ended as well",
    {
      grants: indexGrants([grant({ budget: { bytes: 1 }, expiresAtMs: nowMs })]),
      budgetUses: used(1, 1),
    },
    "ask",
    "no-answer-yet",
  ],
  [
    "a used-up allowance for something else",
    {
      grants: indexGrants([grant({ budget: { bytes: 1 }, target: "imap.example.com:994" })]),
      budgetUses: used(1, 1),
    },
    "ask",
    "no-answer-yet",
  ],
  [
    "a denial beside a used-up allowance",
    {
      grants: indexGrants([
        grant({ budget: { bytes: 1 } }),
        grant({ id: fakeId("grant", 2), effect: "deny" }),
      ]),
      budgetUses: used(1, 1),
    },
    "deny",
    "grant-deny",
  ],
  [
    "an idle time alone is never used up",
    {
      grants: indexGrants([grant({ budget: { idleTimeoutMs: 1000 } })]),
      budgetUses: used(1e12, 1e6),
    },
    "allow",
    "grant-allow",
  ],
  ["nothing said", {}, "ask", "no-answer-yet"],
  ["an unreadable target", { target: "imap.example.com" }, "deny", "invalid-target"],
  [
    "an unreadable target under an allowance",
    { target: "a b:1", grants: allow },
    "deny",
    "invalid-target",
  ],
  [
    "an app that is gone",
    { app: null, policy: policy({ rules: [rule({ effect: "allow" })] }) },
    "deny",
    "not-installed",
  ],

  [
    "a policy denial before a person's allowance",
    { policy: policy({ rules: [rule({})] }), grants: allow },
    "deny",
    "policy-deny",
  ],
  [
    "a policy denial before a policy allowance, whatever their order",
    { policy: policy({ rules: [rule({ effect: "allow" }), rule({ id: "policy.rules[1]" })] }) },
    "deny",
    "policy-deny",
  ],
  [
    "a policy denial for other targets",
    { policy: policy({ rules: [rule({ targets: ["*:25"] })] }) },
    "ask",
    "no-answer-yet",
  ],
  [
    "a policy denial with this target excepted",
    { policy: policy({ rules: [rule({ targets: ["*:*"], except: ["*.example.com:*"] })] }) },
    "ask",
    "no-answer-yet",
  ],
  [
    "a policy denial for another app",
    { policy: policy({ rules: [rule({ apps: [fakeId("app", 9)] })] }) },
    "ask",
    "no-answer-yet",
  ],
  [
    "a policy denial for this origin",
    { policy: policy({ rules: [rule({ apps: ["https://mail.example.com"] })] }) },
    "deny",
    "policy-deny",
  ],
  [
    "an empty list of apps means none",
    { policy: policy({ rules: [rule({ apps: [] })] }) },
    "ask",
    "no-answer-yet",
  ],
  [
    "a policy rule that can't be read denies",
    { policy: policy({ rules: [rule({ targets: ["nonsense"] })] }), grants: allow },
    "deny",
    "rule-error",
  ],

  [
    "lockdown before a policy allowance",
    { mode: "lockdown", policy: policy({ rules: [rule({ effect: "allow" })] }) },
    "deny",
    "lockdown",
  ],
  [
    "a protection before a policy allowance",
    {
      target: "169.254.169.254:80",
      policy: policy({ rules: [rule({ effect: "allow", targets: ["*:*"] })] }),
    },
    "deny",
    "metadata-address",
  ],
  ["cloud metadata in IPv6", { target: "[fd00:ec2::254]:80" }, "deny", "metadata-address"],
  ["the broker's own port", { target: "127.0.0.1:8737" }, "deny", "own-port"],
  ["the broker's own port by IPv6", { target: "[::1]:8737" }, "deny", "own-port"],
  [
    "the broker's own port by another loopback address",
    { target: "127.9.9.9:8737" },
    "deny",
    "own-port",
  ],
  [
    "the broker's own port by an interface address",
    { target: "192.168.7.7:8737" },
    "deny",
    "own-port",
  ],
  ["the same port elsewhere", { target: "192.168.7.8:8737" }, "ask", "no-answer-yet"],
  ["broadcast", { target: "255.255.255.255:9" }, "deny", "broadcast-address"],
  [
    "broadcast on a network of this machine",
    { target: "192.168.7.255:9" },
    "deny",
    "broadcast-address",
  ],
  ["multicast by TCP", { target: "224.0.0.251:5353" }, "deny", "multicast-address"],
  [
    "multicast with its capability",
    { target: "224.0.0.251:5353", capability: "udp-multicast" },
    "ask",
    "no-answer-yet",
  ],
  ["the unspecified address", { target: "0.0.0.0:80" }, "deny", "refused-address"],
  [
    "listening everywhere may be asked",
    { target: "0.0.0.0:40000", capability: "tcp-listen" },
    "ask",
    "no-answer-yet",
  ],
  [
    "localhost by name",
    { target: "localhost:80", grants: indexGrants([grant({ target: "*:*" })]) },
    "deny",
    "non-public-name",
  ],
  ["a name under localhost", { target: "db.localhost:5432" }, "deny", "non-public-name"],
  ["an onion name", { target: "abc.onion:80" }, "deny", "non-public-name"],
  [
    "a name with a private address",
    { addresses: ["10.0.0.1"], grants: allow },
    "deny",
    "non-public-name",
  ],
  [
    "a name with one private address among public ones",
    { addresses: ["93.184.216.34", "10.0.0.1"], grants: allow },
    "deny",
    "non-public-name",
  ],
  [
    "a name with a loopback address",
    { addresses: ["127.0.0.1"], grants: allow },
    "deny",
    "non-public-name",
  ],
  [
    "a name with the machine's own public address",
    { addresses: ["203.0.114.9"], grants: allow },
    "deny",
    "non-public-name",
  ],
  [
    "a name with a metadata address",
    { addresses: ["169.254.169.254"], grants: allow },
    "deny",
    "metadata-address",
  ],
  [
    "a name with a private address that policy calls intranet",
    {
      addresses: ["10.0.0.1"],
      grants: indexGrants([grant({ spaces: ["public", "local"] })]),
      policy: policy({ intranet: ["example.com"] }),
    },
    "allow",
    "grant-allow",
  ],
  [
    "intranet does not reach loopback",
    {
      addresses: ["127.0.0.1"],
      grants: indexGrants([grant({ spaces: ["public", "local"] })]),
      policy: policy({ intranet: ["example.com"] }),
    },
    "deny",
    "non-public-name",
  ],
  [
    "intranet is a suffix of labels, not of letters",
    {
      target: "badexample.com:993",
      addresses: ["10.0.0.1"],
      policy: policy({ intranet: ["example.com"] }),
    },
    "deny",
    "non-public-name",
  ],

  [
    "a limit before a policy allowance",
    { limit, policy: policy({ rules: [rule({ effect: "allow" })] }) },
    "deny",
    "limit",
  ],
  [
    "a policy allowance before a person's denial",
    { policy: policy({ rules: [rule({ effect: "allow" })] }), grants: deny },
    "allow",
    "policy-allow",
  ],

  [
    "an app that is not installed",
    { app: { ...app, state: "pending-installation" }, grants: allow },
    "deny",
    "not-installed",
  ],
  ["a paused app", { app: { ...app, pausedAtMs: nowMs }, grants: allow }, "deny", "paused"],
  [
    "an insecure origin",
    { app: { ...app, origin: "http://mail.example.com" }, grants: allow },
    "deny",
    "insecure-context",
  ],
  [
    "a loopback http origin",
    { app: { ...app, origin: "http://127.0.0.1:8080" }, grants: allow },
    "allow",
    "grant-allow",
  ],
  [
    "a program has no origin",
    { app: { ...app, kind: "program", origin: null }, grants: allow },
    "allow",
    "grant-allow",
  ],

  ["a blocked host", { blockedHosts: imapBlocked, grants: allow }, "deny", "host-blocked"],
  ["a block before a denial", { blockedHosts: imapBlocked, grants: deny }, "deny", "host-blocked"],
  [
    "policy before a block",
    { blockedHosts: imapBlocked, policy: policy({ rules: [rule({ effect: "allow" })] }) },
    "allow",
    "policy-allow",
  ],
  [
    "a block of an address that the name has",
    { blockedHosts: new Set(["93.184.216.34"]), addresses: ["93.184.216.34"], grants: allow },
    "deny",
    "host-blocked",
  ],
  [
    "a block of a host above",
    { blockedHosts: new Set(["example.com"]), grants: allow },
    "allow",
    "grant-allow",
  ],
  [
    "a blocked host as a site",
    {
      blockedHosts: imapBlocked,
      capability: "host-access",
      target: "https://IMAP.example.com./a",
      grants: indexGrants([grant({ capability: "host-access", target: "<all_urls>" })]),
    },
    "deny",
    "host-blocked",
  ],
  [
    "a site with a blocked IPv6 address",
    { blockedHosts: new Set(["[::1]"]), capability: "host-access", target: "http://[0::1]:8080/*" },
    "deny",
    "host-blocked",
  ],
  [
    "sites of which one is blocked",
    { blockedHosts: imapBlocked, capability: "host-access", target: "https://*.example.com/*" },
    "ask",
    "no-answer-yet",
  ],
  [
    "facts about the network have no host",
    { blockedHosts: imapBlocked, capability: "network-info", target: "*" },
    "ask",
    "no-answer-yet",
  ],

  ["a denial", { grants: deny }, "deny", "grant-deny"],
  ["any denial before any allowance", { grants: both }, "deny", "grant-deny"],
  [
    "a denial of an address that the name has",
    {
      addresses: ["93.184.216.34"],
      grants: indexGrants([
        grant({}),
        grant({ id: fakeId("grant", 2), effect: "deny", target: "93.184.0.0/16:*" }),
      ]),
    },
    "deny",
    "grant-deny",
  ],
  [
    "a denial that has run out",
    { grants: indexGrants([grant({ effect: "deny", expiresAtMs: nowMs })]) },
    "ask",
    "no-answer-yet",
  ],
  ["an allowance", { grants: allow }, "allow", "grant-allow"],
  [
    "an allowance with public addresses",
    { addresses: ["93.184.216.34", "2606:2800:220:1::1"], grants: allow },
    "allow",
    "grant-allow",
  ],
  [
    "an allowance in its last millisecond",
    { grants: indexGrants([grant({ expiresAtMs: nowMs + 1 })]) },
    "allow",
    "grant-allow",
  ],
  [
    "an allowance that has run out",
    { grants: indexGrants([grant({ expiresAtMs: nowMs })]) },
    "ask",
    "no-answer-yet",
  ],
  [
    "an allowance for another port",
    { target: "imap.example.com:143", grants: allow },
    "ask",
    "no-answer-yet",
  ],
  [
    "an allowance for another capability",
    { capability: "udp-send", grants: allow },
    "ask",
    "no-answer-yet",
  ],
  [
    "an allowance used up by another session",
    { grants: indexGrants([grant({ spentBy: session })]) },
    "ask",
    "no-answer-yet",
  ],
  [
    "an allowance used up by this session",
    { sessionId: session, grants: indexGrants([grant({ spentBy: session })]) },
    "allow",
    "grant-allow",
  ],
  [
    "an address in the space that was allowed",
    { target: "192.168.1.20:9100", grants: forLiteral("192.168.1.20:9100", ["local"]) },
    "allow",
    "grant-allow",
  ],
  [
    "any host does not reach the local network",
    { target: "192.168.1.20:9100", grants: forLiteral("*:*", ["public"]) },
    "ask",
    "no-answer-yet",
  ],
  [
    "any host does not reach loopback",
    { target: "127.0.0.1:9100", grants: forLiteral("*:*", ["public"]) },
    "ask",
    "no-answer-yet",
  ],

  ["a silenced app", { app: { ...app, silence } }, "deny", "silenced"],
  [
    "a silenced app keeps what it has",
    { app: { ...app, silence }, grants: allow },
    "allow",
    "grant-allow",
  ],
  [
    "a silence that is over",
    { app: { ...app, silence: { sinceMs: 0, untilMs: nowMs } } },
    "ask",
    "no-answer-yet",
  ],
  ["an embargo", { embargoed: true }, "deny", "embargo"],
  ["quiet", { mode: "quiet" }, "deny", "quiet"],
  ["quiet keeps what is allowed", { mode: "quiet", grants: allow }, "allow", "grant-allow"],
  [
    "asking forbidden",
    { policy: policy({ asking: { "tcp-connect": false } }) },
    "deny",
    "asking-forbidden",
  ],
  [
    "silence before asking forbidden",
    { app: { ...app, silence }, policy: policy({ asking: { "tcp-connect": false } }) },
    "deny",
    "silenced",
  ],
  [
    "host access by pattern",
    {
      capability: "host-access",
      target: "https://feeds.example.com/a*",
      grants: indexGrants([
        grant({ capability: "host-access", target: "https://*.example.com/*" }),
      ]),
    },
    "allow",
    "grant-allow",
  ],
  ...([
    ["a name that is public", "https://a.example/*", ["93.184.216.34"], "grant-allow"],
    ["a name that leads home", "https://a.example/*", ["10.0.0.1"], "non-public-name"],
    [
      "a name that leads to both",
      "https://a.example/*",
      ["93.184.216.34", "::1"],
      "non-public-name",
    ],
    ["a name of Tor", "http://a.onion/*", null, "non-public-name"],
    ["cloud metadata", "http://169.254.169.254/latest/*", null, "metadata-address"],
    ["the broker itself", "http://127.0.0.1:8737/*", null, "own-port"],
    ["the broker itself, by name", "http://localhost:8737/*", null, "own-port"],
    ["a local address that no grant reaches", "http://10.0.0.1/*", null, "no-answer-yet"],
    ["this computer, which no grant reaches", "http://localhost:3000/*", null, "no-answer-yet"],
    ["an address that is reserved", "http://240.0.0.1/*", null, "refused-address"],
    ["a port that fetch refuses", "http://a.example:25/*", null, "bad-port"],
  ] as const).map(([name, target, addresses, reason]): Row => [
    `host access to ${name}`,
    {
      capability: "host-access",
      target,
      addresses,
      brokerPorts: [8737],
      grants: indexGrants([grant({ capability: "host-access", target: "<all_urls>" })]),
    },
    reason === "grant-allow" ? "allow" : reason === "no-answer-yet" ? "ask" : "deny",
    reason,
  ]),
  ["network facts", { capability: "network-info", target: "*" }, "ask", "no-answer-yet"],
  [
    "ten minutes, at the last millisecond of them",
    { grants: tenMinutes, nowMs: nowMs + 599_999 },
    "allow",
    "grant-allow",
  ],
  ["ten minutes, over", { grants: tenMinutes, nowMs: nowMs + 600_000 }, "ask", "no-answer-yet"],
  [
    "ten minutes, and a clock that was set right by a minute",
    { grants: tenMinutes, nowMs: nowMs - 60_000 },
    "allow",
    "grant-allow",
  ],
  [
    "ten minutes, and a clock that was set back by an hour",
    { grants: tenMinutes, nowMs: nowMs - 3_600_000 },
    "ask",
    "no-answer-yet",
  ],
  [
    "denied for ten minutes, and a clock that was set back",
    {
      grants: indexGrants([grant({ ...forTenMinutes, effect: "deny" })]),
      nowMs: nowMs - 3_600_000,
    },
    "deny",
    "grant-deny",
  ],
  [
    "always, and a clock that was set back",
    { grants: allow, nowMs: nowMs - 3_600_000 },
    "allow",
    "grant-allow",
  ],
  [
    "a server's name that can't be read",
    { ...secure, serverName: "not a name", grants: allow },
    "deny",
    "rule-error",
  ],
  [
    "an IPv4 address through NAT64, which was allowed so",
    { target: "[64:ff9b::808:808]:53", grants: overNat64() },
    "allow",
    "grant-allow",
  ],
  [
    "an IPv4 address through NAT64, which was denied as itself",
    {
      target: "[64:ff9b::808:808]:53",
      grants: overNat64(grant({ id: fakeId("grant", 2), effect: "deny", target: "8.8.8.0/24:*" })),
    },
    "deny",
    "grant-deny",
  ],
  [
    "a name with an address through NAT64, which was denied as itself",
    {
      addresses: ["64:ff9b::808:808"],
      grants: indexGrants([
        grant({}),
        grant({ id: fakeId("grant", 2), effect: "deny", target: "8.8.8.8:*" }),
      ]),
    },
    "deny",
    "grant-deny",
  ],
  [
    "an IPv4 address through NAT64, which was blocked as itself",
    {
      target: "[64:ff9b::808:808]:53",
      grants: overNat64(),
      blockedHosts: new Set(["8.8.8.8"]),
    },
    "deny",
    "host-blocked",
  ],
  [
    "an IPv4 address through NAT64, which policy excepts from what it allows",
    {
      target: "[64:ff9b::808:808]:53",
      policy: policy({
        rules: [rule({ effect: "allow", targets: ["*:*"], except: ["8.8.8.0/24:*"] })],
      }),
    },
    "ask",
    "no-answer-yet",
  ],
  [
    "network facts have no host",
    { capability: "network-info", target: "example.com:1" },
    "deny",
    "invalid-target",
  ],
];

for (const [name, parts, effect, reason] of table) {
  Deno.test(`decide: ${name}`, () => {
    const decision = decide(question(parts));
    assert.deepEqual([decision.effect, decision.reason], [effect, reason]);
    assert.notEqual(decision.message, "");
  });
}

Deno.test("decide: names what decided", () => {
  assert.deepEqual(decide(question({ grants: both })).ruleIds, [fakeId("grant", 2)]);
  assert.deepEqual(decide(question({ policy: policy({ rules: [rule({})] }) })).ruleIds, [
    "policy.rules[0]",
  ]);
  assert.equal(decide(question({ limit })).retryAfterMs, 5);
});

Deno.test("decide: never throws, and never allows without a rule that says so", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.tuple(fc.domain(), fc.nat(70_000)).map(([host, port]) => `${host}:${port}`),
    fc.tuple(fc.ipV4(), fc.nat(70_000)).map(([host, port]) => `${host}:${port}`),
  );
  const addresses = fc.option(
    fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), { maxLength: 4 }),
  );
  const capability = fc.constantFrom(
    "tcp-connect",
    "udp-send",
    "host-access",
    "network-info",
    "tcp-listen" as const,
  );
  fc.assert(
    fc.property(text, addresses, capability, (target, addresses, capability) => {
      const decision = decide(question({ target, addresses, capability }));
      assert.notEqual(decision.effect, "allow");
    }),
    { numRuns: 3000, seed: 20260101 },
  );
});
