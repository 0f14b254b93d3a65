/** Reading a policy: what is wrong is said with its path, its place and how to mend it; what is right decides. @module */
import assert from "node:assert/strict";
import { decide } from "../../../broker/core/decide.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { PolicyError } from "../../../broker/core/policy_error.ts";
import type { Question } from "../../../broker/core/question.ts";
import { readPolicy } from "../../../broker/core/read_policy.ts";
import type { App } from "../../../broker/schema/app.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const hash = (text: string) => `hash of ${text.length}`;
const read = (text: string) => readPolicy(text, hash);
/** A file with the policy on its second line, from column 23. */
const file = (policy: string) => `{\n  "permissionBroker": ${policy}\n}`;
const rules = (...texts: string[]) => file(`{ "rules": [${texts.join(", ")}] }`);
const rule = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    effect: "deny",
    apps: ["*"],
    capabilities: ["tcp-connect"],
    targets: ["*:25"],
    ...more,
  });

function problemsOf(text: string): string[] {
  try {
    read(text);
  } catch (fault) {
    assert.ok(fault instanceof PolicyError, String(fault));
    return fault.message.split("\n");
  }
  return [];
}

const long = "a".repeat(64);
const errors: [name: string, text: string, problem: string | RegExp][] = [
  ["an empty file", "", "line 1, column 1: This is not JSON: the file is empty."],
  ["no object", "[]", "line 1, column 1: Must be an object."],
  ["broken JSON", '{\n  "a": ]', "line 2, column 8: This is not JSON: value expected."],
  [
    "a policy that is no object",
    file("[]"),
    "line 2, column 3: permissionBroker: Must be an object.",
  ],
  [
    "a misspelt key",
    file('{ "rulse": [] }'),
    'line 2, column 25: permissionBroker.rulse: "rulse" is not known. Did you mean "rules"?',
  ],
  [
    "a misspelt key of a rule",
    rules(rule(), rule({ targts: [] })),
    /^line 2, column \d+: permissionBroker\.rules\[1\]\.targts: "targts" is not known\. Did you mean "targets"\?$/,
  ],
  [
    "a key that nothing resembles",
    file('{ "durations": { "colour": 1 } }'),
    'line 2, column 40: permissionBroker.durations.colour: "colour" is not known. Known are "longest".',
  ],
  [
    "a misspelt capability in asking",
    file('{ "asking": { "tcp-conect": false } }'),
    /permissionBroker\.asking\.tcp-conect: "tcp-conect" is not known\. Did you mean "tcp-connect"\?$/,
  ],
  ["a key that stands twice", file('{ "rules": [], "rules": [] }'), /Stands here twice/],
  [
    "the policy twice",
    '{ "permissionBroker": {},\n"permissionBroker": {} }',
    /^line 2, column 1: /,
  ],
  ["__proto__ as a key", file('{ "__proto__": { "requireTls": true } }'), /__proto__/],
  ["a rule without an effect", rules(rule({ effect: undefined })), /rules\[0\]\.effect: /],
  [
    "an effect that is none",
    rules(rule({ effect: "block" })),
    /effect: Must be one of "allow", "deny"/,
  ],
  [
    "an empty list of apps",
    rules(rule({ apps: [] })),
    /rules\[0\]\.apps: Is empty, which means none\. Write \["\*"\] for all\.$/,
  ],
  ["an empty list of targets", rules(rule({ targets: [] })), /targets: Is empty, which means none/],
  [
    "an empty list of capabilities",
    rules(rule({ capabilities: [] })),
    /Is empty, which means none/,
  ],
  [
    "a capability that is none",
    rules(rule({ capabilities: ["tcp"] })),
    /capabilities\[0\]: Must be one of/,
  ],
  [
    "an app that is none",
    rules(rule({ apps: ["Mail"] })),
    /apps\[0\]: Names no app\. Write an origin/,
  ],
  ["a wildcard of apps", rules(rule({ apps: ["https://*.example.com"] })), /Names no app/],
  [
    "an insecure app",
    rules(rule({ apps: ["http://mail.example.com"] })),
    /Write https:\/\/mail\.example\.com\./,
  ],
  [
    "an app of another scheme",
    rules(rule({ apps: ["data:text/html,x"] })),
    /no origin that an app can have/,
  ],
  [
    "installing every app",
    file('{ "apps": { "forceInstalled": ["*"] } }'),
    /forceInstalled\[0\]: Name each app/,
  ],
  [
    "a duration without a unit",
    file('{ "durations": { "longest": "90" } }'),
    /longest: Must be a span such as 30m, 8h or 7d\.$/,
  ],
  [
    "a duration as a number",
    file('{ "durations": { "longest": 90 } }'),
    /longest: Must be a string/,
  ],
  [
    "a limit below nothing",
    file('{ "limits": { "target": { "perMinute": -1 } } }'),
    /perMinute: Must be at least 0/,
  ],
  [
    "a limit that is no number",
    file('{ "limits": { "asksPerMinute": "9" } }'),
    /asksPerMinute: Must be a/,
  ],
  [
    "a port out of range",
    file('{ "server": { "port": 65536 } }'),
    /server\.port: Must be at most 65535/,
  ],
  ["a store that is no URL", file('{ "server": { "store": "file" } }'), /server\.store: /],
  ["everything as intranet", file('{ "intranet": ["*"] }'), /intranet\[0\]: Name the names/],
  [
    "a wildcard as intranet",
    file('{ "intranet": ["*.corp.example"] }'),
    /Write corp\.example; it stands for all below it too/,
  ],
  ["a block with bits set", file('{ "intranet": ["10.1.2.3/8"] }'), /Write 10\.0\.0\.0\/8/],
  ["a URL as intranet", file('{ "intranet": ["https://corp.example"] }'), /intranet\[0\]: /],

  [
    "a match pattern for TCP",
    rules(rule({ targets: ["https://*.example.com/*"] })),
    /targets\[0\]: "https:\/\/\*\.example\.com\/\*" is no target for tcp-connect\./,
  ],
  [
    "a host and port for host access",
    rules(rule({ capabilities: ["host-access"] })),
    /targets\[0\]: "\*:25" is no target for host-access\./,
  ],
  [
    "a capability without a target",
    rules(rule({ capabilities: ["tcp-connect", "host-access"] })),
    /capabilities\[1\]: None of the rule's targets is one for host-access\. Add one such as https/,
  ],
  [
    "a capability that only * fits",
    rules(rule({ capabilities: ["tcp-connect", "network-info"] })),
    /capabilities\[1\]: .*Add "\*"/,
  ],
  [
    "an exception that is no target",
    rules(rule({ except: ["nonsense"] })),
    /except\[0\]: "nonsense" is no target for tcp-connect\./,
  ],
  ["an empty host", rules(rule({ targets: [":25"] })), /The host is missing/],
  ["an empty target", rules(rule({ targets: [""] })), /targets\[0\]: Must be at least 1/],
  [
    "a target that is too long",
    rules(rule({ targets: [`${"a.".repeat(2000)}b:1`] })),
    /targets\[0\]: Must be at most 2048/,
  ],
  [
    "a name that is too long",
    rules(rule({ targets: [`${"a.".repeat(130)}b:1`] })),
    /A name has at most 253 characters/,
  ],
  [
    "a label that is too long",
    rules(rule({ targets: [`${long}.example:1`] })),
    /at most 63 characters/,
  ],
  [
    "a name with an empty label",
    rules(rule({ targets: ["a..b:1"] })),
    /Two dots follow each other/,
  ],
  ["a bidi control", rules(rule({ targets: ["a\u202eb.example:1"] })), /is not a domain name/],
  ["a NUL", rules(rule({ targets: ["a\u0000b.example:1"] })), /control characters/],
  [
    "a percent-encoded slash",
    rules(rule({ targets: ["a%2fb.example:1"] })),
    /is not a domain name/,
  ],
  ["a zone id", rules(rule({ targets: ["[fe80::1%25eth0]:1"] })), /has no zone/],
  [
    "an IPv4 address with too many parts",
    rules(rule({ targets: ["1.2.3.4.5:1"] })),
    /must be an IPv4 address/,
  ],
  [
    "a bare IPv6 address",
    rules(rule({ targets: ["fd00::1:80"] })),
    /Put an IPv6 address in brackets/,
  ],
  ["a wildcard in the middle", rules(rule({ targets: ["a.*.example:1"] })), /\* stands alone/],
  ["a wildcard below an address", rules(rule({ targets: ["*.10.0.0.1:1"] })), /no subdomains/],
  ["port 0", rules(rule({ targets: ["a.example:0"] })), /Ports go from 1 to 65535/],
  ["port 65536", rules(rule({ targets: ["a.example:65536"] })), /Ports go from 1 to 65535/],
  ["a port with a sign", rules(rule({ targets: ["a.example:+1"] })), /A port is a number/],
  ["a port with a leading zero", rules(rule({ targets: ["a.example:080"] })), /leading zeros/],
  [
    "ports the wrong way round",
    rules(rule({ targets: ["a.example:90-80"] })),
    /Write the lower port first: 80-90/,
  ],
  ["no port", rules(rule({ targets: ["a.example"] })), /Add a port/],
];

for (const [name, text, expected] of errors) {
  Deno.test(`policy: ${name} is told`, () => {
    const [first, ...others] = problemsOf(text);
    if (typeof expected === "string") assert.equal(first, expected);
    else assert.match(first ?? "read without an error", expected);
    assert.match(first ?? "", /^line \d+, column \d+: /);
    assert.deepEqual(others, []);
  });
}

Deno.test("policy: every problem is told, in one go", () => {
  const problems = problemsOf(rules(rule({ targets: ["a", "b"] }), rule({ apps: ["c"] })));
  assert.equal(problems.length, 3);
  const many = problemsOf(rules(rule({ targets: Array.from({ length: 40 }, () => "nonsense") })));
  assert.equal(many.at(-1), "and 30 more");
});

Deno.test("policy: places are counted in lines of every kind, and in a file with comments", () => {
  const text =
    '{\r\n  // a comment "with" [marks]\r\n  "tasks": {},\n  "permissionBroker": {\r    "rulez": 1 /* x */\n  },\n}';
  assert.deepEqual(problemsOf(text), [
    'line 5, column 5: permissionBroker.rulez: "rulez" is not known. Did you mean "rules"?',
  ]);
  assert.match(problemsOf('\ufeff{ "permissionBroker": 1 }')[0] ?? "", /^line 1, column 4: /);
});

Deno.test("policy: a file without one manages nothing", () => {
  const { policy, warnings } = read('{ "tasks": {} }');
  assert.equal(policy.managedBy, null);
  assert.equal(policy.revision, "none");
  assert.deepEqual(warnings, []);
});

Deno.test("policy: what is left out has its default, and the revision is that of what is said", () => {
  const { policy } = read(file("{}"));
  assert.deepEqual([policy.rules, policy.requireTls, policy.durations], [[], false, {
    longestMs: null,
  }]);
  const other = read(`{ "permissionBroker": { /* nothing */ }, "tasks": { "a": "b" } }`);
  assert.equal(other.policy.revision, policy.revision);
  assert.notEqual(read(file('{ "requireTls": true }')).policy.revision, policy.revision);
});

const app: App = {
  v: 1,
  id: fakeId("app", 1),
  kind: "web",
  origin: "https://mail.example.com",
  manifestId: "https://mail.example.com/",
  state: "pending-installation",
  claims: { name: "Mail", manifestUrl: null, reason: null },
  credentials: [],
  registeredAtMs: 0,
  installedAtMs: null,
  pausedAtMs: null,
  silence: null,
};
const installed: App = { ...app, state: "installed" };

function reasonOf(policy: string, more: Partial<Question>): string {
  return decide({
    app: installed,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    addresses: null,
    sessionId: null,
    policy: read(file(policy)).policy,
    grants: indexGrants([]),
    mode: "ask",
    limit: null,
    embargoed: false,
    ownAddresses: new Set(),
    brokerPorts: [8737],
    nowMs: 1000,
    ...more,
  }).reason;
}

const grantOf = (createdAtMs: number, effect: "allow" | "deny" = "allow") =>
  indexGrants([{
    v: 1,
    id: fakeId("grant", 1),
    effect,
    appId: app.id,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  }]);

const all = `{ "effect": "deny", "apps": ["*"], "capabilities": ["*"], "targets": ["*"] }`;
const ruleOf = (more: Record<string, unknown>) => `{ "rules": [${rule(more)}] }`;
const decisions: [name: string, policy: string, more: Partial<Question>, reason: string][] = [
  ["* denies TCP", `{ "rules": [${all}] }`, {}, "policy-deny"],
  ["* denies host access", `{ "rules": [${all}] }`, {
    capability: "host-access",
    target: "<all_urls>",
  }, "policy-deny"],
  [
    "* denies network facts",
    `{ "rules": [${all}] }`,
    { capability: "network-info", target: "*" },
    "policy-deny",
  ],
  ["* denies listening", `{ "rules": [${all}] }`, {
    capability: "tcp-listen",
    target: "0.0.0.0:40000",
  }, "policy-deny"],
  ["every capability, targets of one", ruleOf({ capabilities: ["*"] }), {
    capability: "udp-send",
    target: "a.example:25",
  }, "policy-deny"],
  [
    "an origin in another spelling",
    ruleOf({ apps: ["https://MAIL.example.com:443"], targets: ["*"] }),
    {},
    "policy-deny",
  ],
  [
    "a manifest id",
    ruleOf({ apps: ["https://mail.example.com/"], targets: ["*"] }),
    {},
    "policy-deny",
  ],
  [
    "another manifest id",
    ruleOf({ apps: ["https://mail.example.com/other"], targets: ["*"] }),
    {},
    "no-answer-yet",
  ],
  ["an IDNA target", ruleOf({ targets: ["*.BÜCHER.example:*"] }), {
    target: "a.xn--bcher-kva.example:1",
  }, "policy-deny"],
  ["a mixed-script target is its own name", ruleOf({ targets: ["p\u0430ypal.com:*"] }), {
    target: "paypal.com:443",
  }, "no-answer-yet"],
  [
    "a percent-encoded target",
    ruleOf({ targets: ["%61.example:*"] }),
    { target: "a.example:1" },
    "policy-deny",
  ],
  [
    "an octal target",
    ruleOf({ targets: ["0300.0250.1.1:*"] }),
    { target: "192.168.1.1:1" },
    "policy-deny",
  ],
  [
    "a hexadecimal question",
    ruleOf({ targets: ["192.168.0.0/16:*"] }),
    { target: "0xc0a80101:1" },
    "policy-deny",
  ],
  ["an address that the name has", ruleOf({ targets: ["203.0.112.0/24:*"] }), {
    addresses: ["93.184.216.34", "203.0.112.9"],
  }, "policy-deny"],
  [
    "an address that is excepted",
    ruleOf({ targets: ["203.0.112.0/24:*"], except: ["203.0.112.9:*"] }),
    { addresses: ["203.0.112.9"] },
    "no-answer-yet",
  ],
  [
    "a name that is excepted, by all its addresses",
    ruleOf({ targets: ["*"], except: ["*.example.com:993"] }),
    { addresses: ["93.184.216.34"] },
    "no-answer-yet",
  ],
  [
    "an exception within an allowance",
    ruleOf({ effect: "allow", targets: ["*.example.com:*"], except: ["imap.example.com:*"] }),
    {},
    "no-answer-yet",
  ],
  [
    "an address excepted from an allowance",
    ruleOf({ effect: "allow", targets: ["*.example.com:*"], except: ["93.184.0.0/16:*"] }),
    { addresses: ["93.184.216.34"] },
    "no-answer-yet",
  ],

  ["a blocked app", `{ "apps": { "blocked": ["https://mail.example.com"] } }`, {
    grants: grantOf(0),
  }, "policy-deny"],
  [
    "a blocked app before a rule that allows",
    `{ "apps": { "blocked": ["*"] }, "rules": [${rule({ effect: "allow", targets: ["*"] })}] }`,
    {},
    "policy-deny",
  ],
  [
    "an installed app",
    `{ "apps": { "forceInstalled": ["https://mail.example.com"] } }`,
    { app },
    "no-answer-yet",
  ],
  [
    "another installed app",
    `{ "apps": { "forceInstalled": ["https://other.example"] } }`,
    { app },
    "not-installed",
  ],

  [
    "plain TCP where TLS is required",
    `{ "requireTls": true }`,
    { grants: grantOf(0) },
    "policy-deny",
  ],
  ["TLS where it is required", `{ "requireTls": true }`, {
    grants: grantOf(0),
    secureTransport: true,
  }, "grant-allow"],
  [
    "plain TCP that a rule allows all the same",
    `{ "requireTls": true, "rules": [${rule({ effect: "allow", targets: ["*"] })}] }`,
    {},
    "policy-deny",
  ],
  ["http where TLS is required", `{ "requireTls": true }`, {
    capability: "host-access",
    target: "http://a.example/*",
  }, "policy-deny"],
  ["https where TLS is required", `{ "requireTls": true }`, {
    capability: "host-access",
    target: "https://a.example/*",
  }, "no-answer-yet"],
  [
    "UDP where TLS is required",
    `{ "requireTls": true }`,
    { capability: "udp-send" },
    "no-answer-yet",
  ],

  ["asking forbidden in all", `{ "asking": { "*": false } }`, {}, "asking-forbidden"],
  [
    "asking forbidden but for this",
    `{ "asking": { "*": false, "tcp-connect": true } }`,
    {},
    "no-answer-yet",
  ],
  [
    "asking forbidden for this alone",
    `{ "asking": { "tcp-connect": false } }`,
    {},
    "asking-forbidden",
  ],
  ["asking forbidden for another", `{ "asking": { "udp-send": false } }`, {}, "no-answer-yet"],

  ["an allowance within the longest duration", `{ "durations": { "longest": "1m" } }`, {
    grants: grantOf(1000),
    nowMs: 60_999,
  }, "grant-allow"],
  ["an allowance past the longest duration", `{ "durations": { "longest": "1m" } }`, {
    grants: grantOf(1000),
    nowMs: 61_000,
  }, "no-answer-yet"],
  ["a denial past the longest duration", `{ "durations": { "longest": "1m" } }`, {
    grants: grantOf(1000, "deny"),
    nowMs: 61_000,
  }, "grant-deny"],

  [
    "a name of the intranet",
    `{ "intranet": ["example.com"] }`,
    { addresses: ["10.0.0.1"] },
    "no-answer-yet",
  ],
  [
    "a name of nobody's intranet",
    `{ "intranet": ["other.example"] }`,
    { addresses: ["10.0.0.1"] },
    "non-public-name",
  ],
  ["a block of the intranet", `{ "intranet": ["10.0.0.0/8"] }`, {
    addresses: ["10.0.0.1"],
    grants: grantOf(0),
  }, "grant-allow"],
  ["beside a block of the intranet", `{ "intranet": ["10.0.0.0/8"] }`, {
    addresses: ["10.0.0.1", "192.168.0.1"],
    grants: grantOf(0),
  }, "non-public-name"],
  ["a block of the intranet in IPv6", `{ "intranet": ["fd00::/8", "[fc00::]/16"] }`, {
    addresses: ["fd12::1", "fc00::1"],
    grants: grantOf(0),
  }, "grant-allow"],
  ["one address of the intranet", `{ "intranet": ["10.0.0.1"] }`, {
    addresses: ["10.0.0.1"],
    grants: grantOf(0),
  }, "grant-allow"],
  ["loopback is no intranet by a name", `{ "intranet": ["example.com"] }`, {
    addresses: ["127.0.0.1"],
    grants: grantOf(0),
  }, "non-public-name"],
  ["loopback is the intranet of who names its block", `{ "intranet": ["127.0.0.0/8"] }`, {
    addresses: ["127.0.0.1"],
    grants: grantOf(0),
  }, "grant-allow"],
  ["metadata is nobody's intranet", `{ "intranet": ["169.254.0.0/16"] }`, {
    addresses: ["169.254.169.254"],
    grants: grantOf(0),
  }, "metadata-address"],
];

for (const [name, policy, more, reason] of decisions) {
  Deno.test(`policy decides: ${name}`, () => assert.equal(reasonOf(policy, more), reason));
}

const allowance = rule({ effect: "allow", targets: ["mail.example:25"] });
const warnings: [name: string, text: string, count: number][] = [
  [
    "a target that is allowed and denied",
    rules(rule({ targets: ["mail.example:25"] }), allowance),
    1,
  ],
  ["a target within one that is denied", rules(allowance, rule({ targets: ["*.example:*"] })), 1],
  ["a denial within an allowance", rules(rule({ effect: "allow", targets: ["*"] }), rule()), 0],
  [
    "a denial that excepts the allowance",
    rules(allowance, rule({ targets: ["*"], except: ["*:25"] })),
    0,
  ],
  ["a denial for another capability", rules(allowance, rule({ capabilities: ["udp-send"] })), 0],
  [
    "a denial for one of two apps",
    rules(
      rule({ effect: "allow", apps: ["https://a.example", "https://b.example"] }),
      rule({ apps: ["https://a.example"] }),
    ),
    0,
  ],
  [
    "an app both installed and blocked",
    file(
      '{ "apps": { "forceInstalled": ["https://a.example"], "blocked": ["https://a.example"] } }',
    ),
    1,
  ],
];

for (const [name, text, count] of warnings) {
  Deno.test(`policy warns: ${name}`, () => assert.equal(read(text).warnings.length, count));
}

Deno.test("policy: 10,000 rules are read within five seconds, and decide as one does", () => {
  const texts = Array.from(
    { length: 10_000 },
    (_, n) => rule({ targets: [`h${n}.example.com:443`, `*.s${n}.example.net:*`], apps: ["*"] }),
  );
  const startedAtMs = performance.now();
  const { policy, warnings } = read(
    rules(...texts, rule({ effect: "allow", targets: ["h77.example.com:443"] })),
  );
  const tookMs = performance.now() - startedAtMs;
  assert.equal(policy.rules.length, 10_001);
  assert.equal(warnings.length, 1);
  assert.ok(tookMs < 5000, `${tookMs} ms`);
  const ask = (target: string) =>
    decide({
      app: installed,
      capability: "tcp-connect",
      target,
      addresses: null,
      sessionId: null,
      policy,
      grants: indexGrants([]),
      mode: "ask",
      limit: null,
      embargoed: false,
      ownAddresses: new Set(),
      brokerPorts: [],
      nowMs: 0,
    }).ruleIds[0];
  assert.equal(ask("h9999.example.com:443"), "policy.rules[9999]");
  assert.equal(ask("deep.below.s1234.example.net:1"), "policy.rules[1234]");
  assert.equal(ask("h10000.example.com:443"), undefined);
});
