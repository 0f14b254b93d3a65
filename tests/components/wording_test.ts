/** What the dashboard says of requests, targets, durations, times and amounts. @module */
import assert from "node:assert/strict";
import type { BroadReason, RequestView } from "../../broker/schema/dashboard.ts";
import type { Budget } from "../../broker/schema/budget.ts";
import type { Capability } from "../../broker/schema/capability.ts";
import { BroadReason as BroadReasons } from "../../broker/schema/dashboard.ts";
import type { Duration } from "../../broker/schema/duration.ts";
import { bytesText, rateText } from "../../components/bytes_text.ts";
import { chosenAnswer, firstChoice } from "../../components/chosen_answer.ts";
import { broadConsequences, consequences } from "../../components/consequence.ts";
import { emptyTruth, pageTitle } from "../../components/counts.ts";
import {
  durationChoices,
  durationClause,
  durationLabel,
  isDurationChoice,
  offeredDurations,
  rememberedChoice,
  untilDuration,
} from "../../components/duration_text.ts";
import { certificateSentences, issuerName } from "../../components/certificate_text.ts";
import { fillPhrase, phraseText } from "../../components/phrase.ts";
import { previewSentence } from "../../components/preview.ts";
import { contextSentences } from "../../components/request_context.ts";
import { installationSentence, requestSentence } from "../../components/sentence.ts";
import { canBeNarrowed, targetText } from "../../components/target_text.ts";
import { age, ago, clockTime, endOfDayMs, inTime, spanText } from "../../components/time_text.ts";
import { imapGrant, imapRequest, imapSession, mailApp, nowMs, snapshotOf } from "./shown_views.ts";

const sentences: [asked: Partial<RequestView>, sentence: string][] = [
  [
    { serverName: "front.example.net" },
    "Mail wants to open an encrypted connection to imap.example.com, port 993, and to speak to front.example.net there.",
  ],
  [{}, "Mail wants to open an encrypted connection to imap.example.com, port 993."],
  [
    { secureTransport: false, port: "80-90" },
    "Mail wants to open a connection to imap.example.com, ports 80 to 90.",
  ],
  [
    {
      secureTransport: false,
      host: "*.example.com",
      target: "*.example.com:*",
      port: "*",
    },
    "Mail wants to open a connection to example.com and every name below it, any port.",
  ],
  [
    { secureTransport: false, host: "*", registrableDomain: null, port: "*", target: "*:*" },
    "Mail wants to open a connection to any host, any port.",
  ],
  [
    { secureTransport: false, host: "192.168.1.0/24", registrableDomain: null, port: "9100" },
    "Mail wants to open a connection to any address in 192.168.1.0/24, port 9100.",
  ],
  [
    {
      host: "mail.xn--bcher-kva.example",
      unicodeHost: "mail.bücher.example",
      registrableDomain: "xn--bcher-kva.example",
    },
    "Mail wants to open an encrypted connection to mail.bücher.example (mail.xn--bcher-kva.example), port 993.",
  ],
  [
    { capability: "host-access", target: "https://*.example.com/*", host: null, port: null },
    "Mail wants to read https://*.example.com/* and send data to it.",
  ],
  [
    { capability: "host-access", target: "<all_urls>", host: null, port: null },
    "Mail wants to read any site and send data to it.",
  ],
  [
    { capability: "tcp-listen", host: "0.0.0.0", port: "40000" },
    "Mail wants to accept connections from other computers, port 40000.",
  ],
  [{ capability: "udp-send" }, "Mail wants to send UDP packets to imap.example.com, port 993."],
  [
    { capability: "tcp-listen", host: "127.0.0.1", port: "40000", space: "loopback" },
    "Mail wants to accept connections from programs on this computer, port 40000.",
  ],
  [
    { capability: "udp-bind", port: "5000", space: "public" },
    "Mail wants to receive UDP packets from other computers, port 5000.",
  ],
  [
    { capability: "udp-bind", port: "5000", space: "loopback" },
    "Mail wants to receive UDP packets from programs on this computer, port 5000.",
  ],
  [
    { capability: "host-access", target: "https://imap.example.com/*", port: null },
    "Mail wants to read imap.example.com and send data to it.",
  ],
  [
    { capability: "host-access", target: "*://*.example.com/*", host: "*.example.com", port: null },
    "Mail wants to read example.com and every name below it and send data to it.",
  ],
  [
    { capability: "host-access", target: "https://imap.example.com:8443/mail/*", port: null },
    "Mail wants to read https://imap.example.com:8443/mail/* and send data to it.",
  ],
  [
    { capability: "udp-multicast", host: "239.255.0.0/16", port: "5353" },
    "Mail wants to talk to every device that listens to any address in 239.255.0.0/16, port 5353.",
  ],
  [
    { unaddressed: true, target: "*:*", host: "*", port: "*", secureTransport: false },
    "Mail wants to open a connection to a host that you name, any port.",
  ],
  [
    { unaddressed: true, target: "*:993", host: "*", port: "993", secureTransport: true },
    "Mail wants to open an encrypted connection to a host that you name, port 993.",
  ],
  [
    { unaddressed: true, capability: "udp-send", target: "*:53", host: "*", port: "53" },
    "Mail wants to send UDP packets to a host that you name, port 53.",
  ],
  [
    { capability: "network-info", target: "*", host: null, port: null },
    "Mail wants to know how this computer is connected to networks.",
  ],
];

for (const [asked, sentence] of sentences) {
  Deno.test(`sentence: ${sentence}`, () => {
    assert.equal(phraseText(requestSentence(imapRequest(1, asked), "Mail")), sentence);
  });
}

Deno.test("the registrable domain is set apart, in Unicode as in ASCII", () => {
  const hosts = [
    imapRequest(),
    imapRequest(1, {
      host: "mail.xn--bcher-kva.example",
      unicodeHost: "mail.bücher.example",
      registrableDomain: "xn--bcher-kva.example",
    }),
  ].map((view) =>
    requestSentence(view, "Mail").find((part) => typeof part !== "string" && part.kind === "host")
  );
  assert.deepEqual(hosts, [
    { kind: "host", before: "imap.", domain: "example.com", ascii: null },
    {
      kind: "host",
      before: "mail.",
      domain: "bücher.example",
      ascii: "mail.xn--bcher-kva.example",
    },
  ]);
});

Deno.test("an address is bold as a whole", () => {
  const view = imapRequest(1, { host: "192.168.1.20", registrableDomain: null });
  const [host] = requestSentence(view, "Mail")
    .filter((part) => typeof part !== "string" && part.kind === "host");
  assert.deepEqual(host, { kind: "host", before: "", domain: "192.168.1.20", ascii: null });
});

Deno.test("an app's name can't turn the sentence around or break its line", () => {
  const said = phraseText(requestSentence(imapRequest(), "Ma\u202eil\nwants nothing"));
  assert.match(said, /^Mail wants nothing wants to open/);
});

Deno.test("installation: a new app, and another browser of an installed one", () => {
  const pending = mailApp({ state: "pending-installation", installedAtMs: null });
  assert.equal(
    phraseText(installationSentence(pending)),
    "Mail wants to ask you for network access.",
  );
  const again = mailApp({ pendingCredentials: 1 });
  assert.equal(
    phraseText(installationSentence(again)),
    "Another browser of Mail wants to use what you allowed it.",
  );
});

const allCapabilities: Capability[] = [
  "host-access",
  "tcp-connect",
  "tcp-listen",
  "udp-send",
  "udp-bind",
  "udp-multicast",
  "network-info",
];

Deno.test("consequences: one or two lines for every capability and address space", () => {
  for (const capability of allCapabilities) {
    for (const space of [null, "public", "local", "loopback", "refused"] as const) {
      for (const secureTransport of [false, true]) {
        const asked = { capability, space, secureTransport, target: "*", host: null };
        const lines = consequences(asked);
        assert.ok(lines.length >= 1 && lines.length <= 2, `${capability} ${space}`);
        for (const line of lines) assert.match(line, /^[A-Z].*\.$/);
      }
    }
  }
});

Deno.test("consequences, one line per kind of access and where the other side is", () => {
  const table: [asked: Partial<RequestView>, ...starts: RegExp[]][] = [
    [{ secureTransport: true }, /^Data is encrypted/],
    [{ secureTransport: true, space: "loopback" }, /^Data is encrypted/, /this computer itself/],
    [
      { secureTransport: true, serverName: "front.example.net" },
      /^Only front\.example\.net has to prove .* imap\.example\.com proves nothing\.$/,
    ],
    [{ secureTransport: false }, /anything there\. Not encrypted: others on the way/],
    [{ secureTransport: false, upgradable: true }, /^Not encrypted at first: the app says/],
    [{ secureTransport: false, space: "local" }, /anything there\.$/, /in your local network/],
    [{ secureTransport: false, space: "loopback" }, /anything there\.$/, /this computer itself/],
    [{ capability: "udp-send", space: "public" }, /Others on the way/],
    [{ capability: "udp-send", space: "local" }, /sent back\.$/, /in your local network/],
    [{ capability: "tcp-listen", space: "public" }, /^Programs on other/, /from the internet\.$/],
    [{ capability: "tcp-listen", space: "local" }, /^Programs on other/, /from your local network/],
    [{ capability: "tcp-listen", space: "loopback" }, /^Other programs on this computer/],
    [{ capability: "udp-bind", space: "public" }, /^Other computers/, /from the internet\.$/],
    [{ capability: "udp-bind", space: "loopback" }, /^Other programs on this computer/],
    [{ capability: "udp-multicast", space: "local" }, /devices near you/, /listens to this group/],
    [
      { capability: "host-access", target: "https://a.example/*" },
      /without your browser.s sign-ins/,
    ],
    [
      { capability: "host-access", target: "http://a.example/*" },
      /without your browser.s sign-ins/,
      /not encrypted/,
    ],
    [
      { capability: "host-access", target: "http://10.0.0.1/*", space: "local" },
      /without your browser.s sign-ins/,
      /in your local network/,
    ],
    [
      { capability: "network-info", target: "*" },
      /addresses, and how/,
      /where you are.*recognise you/,
    ],
  ];
  for (const [asked, ...starts] of table) {
    const lines = consequences(imapRequest(1, asked));
    assert.equal(lines.length, starts.length, lines.join(" "));
    for (const [i, start] of starts.entries()) assert.match(lines[i] ?? "", start);
  }
});

Deno.test("every reason why a target is broad has its own consequence", () => {
  const lines = broadConsequences(BroadReasons.options);
  assert.equal(new Set(lines).size, BroadReasons.options.length);
  assert.equal(broadConsequences(["any-port", "any-port"]).length, 1);
});

const durations: [duration: Duration, label: string, clause: string][] = [
  [{ kind: "once" }, "Once", "for one connection"],
  [{ kind: "until-app-closes" }, "Until Mail closes", "until Mail closes"],
  [{ kind: "for", ms: 600_000 }, "10 minutes", "for 10 minutes"],
  [{ kind: "for", ms: 3_600_000 }, "1 hour", "for 1 hour"],
  [{ kind: "for", ms: 86_400_000 }, "1 day", "for 1 day"],
  [{ kind: "for", ms: 5_400_000 }, "90 minutes", "for 90 minutes"],
  [{ kind: "until", atMs: nowMs + 60_000 }, "Until 14:06", "until 14:06"],
  [{ kind: "always" }, "Always", "until you revoke it"],
];

for (const [duration, label, clause] of durations) {
  Deno.test(`duration: ${label}`, () => {
    assert.equal(durationLabel(duration, "Mail", nowMs), label);
    assert.equal(durationClause(duration, "Mail", nowMs), clause);
  });
}

Deno.test("the remembered duration is never always, and never nonsense", () => {
  assert.equal(rememberedChoice("1-hour", null), "1-hour");
  for (const stored of ["always", "until", "toString", "", null]) {
    assert.equal(rememberedChoice(stored, null), "until-app-closes");
  }
  assert.equal(isDurationChoice("constructor"), false);
  assert.equal(rememberedChoice("1-day", 3_600_000), "until-app-closes");
});

Deno.test("durations longer than policy allows are not offered", () => {
  const offered = (longestMs: number | null) => offeredDurations(longestMs).map(([name]) => name);
  assert.deepEqual(offered(3_600_000), ["until-app-closes", "once", "10-minutes", "1-hour"]);
  assert.deepEqual(offered(null), Object.keys(durationChoices));
});

const targets: [target: string, capability: Capability, shown: string, narrower: boolean][] = [
  ["imap.example.com:993", "tcp-connect", "imap.example.com:993", false],
  ["imap.example.com:*", "tcp-connect", "imap.example.com, any port", true],
  ["*:80", "tcp-connect", "any host, port 80", true],
  ["*:*", "tcp-connect", "any host, any port", true],
  ["*.example.com:993", "tcp-connect", "*.example.com:993", true],
  ["host:80-90", "tcp-connect", "host:80-90", true],
  ["my-host:80", "tcp-connect", "my-host:80", false],
  ["10.0.0.0/8:22", "tcp-connect", "10.0.0.0/8:22", true],
  ["[fd00::1]:22", "tcp-connect", "[fd00::1]:22", false],
  ["[fd00::]/8:*", "tcp-connect", "[fd00::]/8, any port", true],
  ["https://example.com/*", "host-access", "https://example.com/*", false],
  ["*://example.com/*", "host-access", "*://example.com/*", true],
  ["<all_urls>", "host-access", "any site", true],
  ["*", "network-info", "Facts about the network", false],
];

for (const [target, capability, shown, narrower] of targets) {
  Deno.test(`target: ${target} for ${capability}`, () => {
    assert.equal(targetText(target, capability), shown);
    assert.equal(canBeNarrowed({ target, capability }), narrower);
  });
}

Deno.test("the preview restates target and duration, and says only where that is true", () => {
  const answer = {
    capability: "tcp-connect" as Capability,
    target: "imap.example.com:993",
    duration: { kind: "until-app-closes" } as const,
    app: "Mail",
    broad: false,
  };
  const say = (more: Partial<typeof answer>) =>
    phraseText(previewSentence({ ...answer, ...more }, nowMs));
  assert.equal(say({}), "Allows imap.example.com:993 only, until Mail closes.");
  assert.equal(
    say({ target: "*:993", broad: true }),
    "Allows any host, port 993, until Mail closes.",
  );
  const limited = (budget: Budget | null | undefined) =>
    phraseText(previewSentence({ ...answer, budget }, nowMs));
  assert.equal(limited(null), say({}));
  assert.equal(
    limited({ bytes: 5_000_000, connections: 1, idleTimeoutMs: 300_000 }),
    "Allows imap.example.com:993 only, until Mail closes. " +
      "Limit: 5.0 MB in all, 1 connection in all, closed after 5 minutes without traffic.",
  );
  assert.equal(limited(undefined), "Write each limit as a number above 0, or leave it empty.");
  const encrypted = { encrypted: true };
  assert.equal(
    phraseText(previewSentence({ ...answer, ...encrypted }, nowMs)),
    "Allows imap.example.com:993 only, encrypted, until Mail closes.",
  );
  assert.equal(
    phraseText(previewSentence({ ...answer, ...encrypted, target: "*:993", broad: true }, nowMs)),
    "Allows any host, port 993, encrypted, until Mail closes.",
  );
  assert.equal(
    say({ capability: "tcp-listen", target: "0.0.0.0:40000", broad: true }),
    "Allows it to listen on every address of this computer, port 40000, until Mail closes.",
  );
  assert.equal(
    say({ capability: "udp-bind", target: "127.0.0.1:5000", broad: true }),
    "Allows it to listen on 127.0.0.1:5000, until Mail closes.",
  );
  assert.equal(
    say({ capability: "network-info", target: "*" }),
    "Allows it to know these facts, until Mail closes.",
  );
  assert.equal(say({ target: "" }), "Write a target, or choose one above.");
  const untimed = previewSentence({ ...answer, duration: null }, nowMs);
  assert.equal(phraseText(untimed), "Write a date and time that is still to come.");
});

Deno.test("a date is read as written here, and only while it is to come and within what policy allows", () => {
  const local = (atMs: number) => {
    const offsetMs = new Date(atMs).getTimezoneOffset() * 60_000;
    return new Date(atMs - offsetMs).toISOString().slice(0, 16);
  };
  const atMs = Math.ceil(nowMs / 60_000) * 60_000 + 3_600_000;
  assert.deepEqual(untilDuration(local(atMs), nowMs, null), { kind: "until", atMs });
  assert.deepEqual(untilDuration(local(atMs), nowMs, 7_200_000), { kind: "until", atMs });
  assert.equal(untilDuration(local(atMs), nowMs, 600_000), null, "further off than allowed");
  assert.equal(untilDuration(local(nowMs - 120_000), nowMs, null), null, "past");
  for (const written of ["", "tomorrow", "2026-13-01T00:00"]) {
    assert.equal(untilDuration(written, nowMs, null), null, written);
  }
});

Deno.test("a card's fields: an offered target, one written by hand, and one no longer offered", () => {
  const broad: BroadReason[] = ["any-port"];
  const view = imapRequest(1, {
    target: "a.example:*",
    choices: [{ target: "a.example:80", broad: [] }, { target: "a.example:*", broad }],
  });
  const read = (target: string, custom = "") =>
    chosenAnswer(view, { ...firstChoice(view, "once"), target, custom }, {
      nowMs,
      longestMs: null,
    });
  assert.deepEqual(read("a.example:*"), {
    target: "a.example:*",
    broad,
    duration: { kind: "once" },
    budget: null,
  });
  assert.deepEqual(read("custom", "a.example:25"), {
    target: "a.example:25",
    broad,
    duration: { kind: "once" },
    budget: null,
  });
  assert.equal(read("b.example:80").target, "a.example:80");
});

Deno.test("context: once and again, clicked or not, waiting or not, and where the address lies", () => {
  assert.deepEqual(contextSentences(imapRequest(), nowMs), [
    "Asked once, at 14:04.",
    "You clicked in the app 2 seconds ago.",
    "It is waiting now.",
    "Its address is looked up only once you allow it.",
  ]);
  const again = imapRequest(1, {
    count: 3,
    createdAtMs: nowMs - 180_000,
    userActivation: false,
    waiting: false,
    host: "192.168.1.20",
    space: "local",
    postponedAtMs: nowMs - 60_000,
  });
  assert.deepEqual(contextSentences(again, nowMs), [
    "Asked 3 times since 14:02.",
    "It asked by itself: you did not click in the app.",
    "It is not waiting just now: your answer counts when it asks again.",
    "This address is in your local network.",
    "Put off at 14:04.",
  ]);
  const own = contextSentences(imapRequest(1, { clientCertificate: true }), nowMs);
  assert.equal(own.at(-1), "It shows the server a certificate of its own.");
  const range = imapRequest(1, { host: "*.example.com" });
  assert.equal(contextSentences(range, nowMs).length, 3);
  for (const capability of ["tcp-listen", "udp-bind", "udp-multicast", "network-info"] as const) {
    const there = imapRequest(1, { capability, host: "0.0.0.0", space: "local" });
    assert.equal(contextSentences(there, nowMs).length, 3, "the consequence says it");
  }
});

Deno.test("times", () => {
  assert.equal(clockTime(nowMs, nowMs), "14:05");
  assert.equal(clockTime(new Date(2026, 10, 3, 9, 7).getTime(), nowMs), "Nov 3, 09:07");
  assert.equal(clockTime(new Date(2025, 10, 3, 9, 7).getTime(), nowMs), "Nov 3, 2025, 09:07");
  assert.equal(clockTime(new Date(2026, 10, 20, 0, 1).getTime(), nowMs), "00:01");
  const agos: [number, string][] = [
    [-5_000, "just now"],
    [0, "just now"],
    [1_000, "1 second ago"],
    [59_999, "59 seconds ago"],
    [60_000, "1 minute ago"],
    [7_200_000, "2 hours ago"],
    [172_800_000, "2 days ago"],
  ];
  for (const [pastMs, said] of agos) assert.equal(ago(nowMs - pastMs, nowMs), said);
  const futures: [number, string][] = [
    [0, "in 1 minute"],
    [60_001, "in 2 minutes"],
    [3_600_000, "in 60 minutes"],
    [86_400_000, "in 24 hours"],
    [259_200_000, "in 3 days"],
  ];
  for (const [leftMs, said] of futures) assert.equal(inTime(nowMs + leftMs, nowMs), said);
  const ages: [number, string][] = [
    [4_200, "4 s"],
    [720_000, "12 min"],
    [7_200_000, "2 h"],
    [7_500_000, "2 h 5 min"],
    [259_200_000, "3 d"],
  ];
  for (const [spanMs, said] of ages) assert.equal(age(nowMs - spanMs, nowMs), said);
  assert.equal(spanText(600_000), "10 minutes");
  assert.equal(endOfDayMs(nowMs), new Date(2026, 10, 20, 23, 59, 59, 999).getTime());
});

Deno.test("amounts: three digits at most", () => {
  const amounts: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_950, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_234_567, "1.2 MB"],
    [5e12, "5.0 TB"],
    [5e15, "5,000 TB"],
  ];
  for (const [bytes, said] of amounts) assert.equal(bytesText(bytes), said);
  assert.equal(rateText(0), "–");
  assert.equal(rateText(2_600), "2.6 kB/s");
});

Deno.test("the empty page tells what holds", () => {
  assert.equal(
    emptyTruth(snapshotOf()),
    "Nothing is allowed yet. The first time an app asks, it appears here.",
  );
  assert.equal(
    emptyTruth(snapshotOf({
      grants: [imapGrant(1), imapGrant(2, { effect: "deny" })],
      sessions: [imapSession(1), imapSession(2), imapSession(3, { closedAtMs: nowMs })],
    })),
    "Apps can reach only what you allowed: 1 permission, 2 live connections.",
  );
});

Deno.test("titles count what waits", () => {
  assert.equal(pageTitle("Requests", 3), "(3) Requests: Gatehouse");
  assert.equal(pageTitle("Requests", 0), "Requests: Gatehouse");
});

Deno.test("a template's placeholders may stand in any order, and a value is never read as one", () => {
  const phrase = fillPhrase("{b}, then {a}.", { a: "1", b: "{a}" });
  assert.deepEqual(phrase, ["{a}", ", then ", "1", "."]);
});

Deno.test("what is known of an encrypted connection: whose name, by whom, until when, in plain words", () => {
  const certificate = {
    subject: "CN=mail.example.com",
    issuer: "C=XX\nO=Example\u202e Trust\nCN=R1",
    validFromMs: nowMs,
    validToMs: Date.UTC(2027, 10, 3, 12),
    fingerprint256: "00",
  };
  const facts = { serverName: "mail.example.com", alpn: null };
  assert.deepEqual(certificateSentences(facts), ["mail.example.com proved its name."]);
  assert.deepEqual(certificateSentences({ ...facts, certificate, clientCertificate: true }), [
    "mail.example.com proved its name by a certificate of Example Trust, valid until Nov 3, 2027.",
    "The app has shown a certificate of its own.",
  ]);
  const issuers = ["CN=R1", "OU=Some unit", "", "O="].map(issuerName);
  assert.deepEqual(issuers, ["R1", "Some unit", "?", "?"]);
});
