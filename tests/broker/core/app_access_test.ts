import assert from "node:assert/strict";
import { accessOf } from "../../../broker/core/app_access.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { noPolicy, type Policy } from "../../../broker/core/policy.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { accessSentence } from "../../../components/access_sentence.ts";
import { phraseText } from "../../../components/phrase.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { sampleApp, sampleMs } from "../stores/sample_records.ts";

type Row = Partial<Grant> & Pick<Grant, "capability" | "target">;

/** The sentence for an app with these grants; null for none. */
function sentence(rows: readonly Row[], policy: Partial<Policy> = {}, isPaused = false) {
  const app = sampleApp(1, { pausedAtMs: isPaused ? sampleMs : null });
  const app2 = { ...app, claims: { ...app.claims, name: "Mail" } };
  const grants = rows.map((row, n): Grant => ({
    ...{ v: 1, id: fakeId("grant", n + 1), effect: "allow", appId: app.id, spaces: ["public"] },
    ...{ duration: { kind: "always" }, createdAtMs: sampleMs, expiresAtMs: null },
    ...{ requestId: null, spentBy: null },
    ...row,
  }));
  const access = accessOf(app2, indexGrants(grants), { ...noPolicy, ...policy }, sampleMs + 1000);
  return access && phraseText(accessSentence(access));
}

const tcp = (target: string, more: Partial<Grant> = {}): Row => ({
  ...{ capability: "tcp-connect", target },
  ...more,
});
const site = (target: string, more: Partial<Grant> = {}): Row => ({
  ...{ capability: "host-access", target },
  ...more,
});
const imap = tcp("imap.example.com:993");

const rows: readonly (readonly [
  name: string,
  grants: readonly Row[],
  sentence: string | null,
  policy?: Partial<Policy>,
])[] = [
  ["nothing", [], null],
  ["one target", [imap], "Mail could connect to imap.example.com:993."],
  [
    "two targets",
    [imap, tcp("smtp.example.com:465")],
    "Mail could connect to imap.example.com:993 and smtp.example.com:465.",
  ],
  ["the same twice", [imap, imap], "Mail could connect to imap.example.com:993."],
  [
    "more than can be named",
    ["a", "b", "c", "d", "e"].map((name) => tcp(`${name}.example:1`)),
    "Mail could connect to a.example:1, b.example:1, c.example:1 and 2 more.",
  ],
  [
    "several capabilities, in their order",
    [{ capability: "network-info", target: "*" }, imap, site("https://example.com/*")],
    "Mail could read and send data to https://example.com/*, connect to imap.example.com:993" +
    " and know the addresses of this computer and how it is connected.",
  ],
  ["any site", [site("<all_urls>")], "Mail could read and send data to any site."],
  [
    "listening and packets",
    [
      { capability: "tcp-listen", target: "127.0.0.1:40000" },
      { capability: "udp-send", target: "ns.example.com:53" },
      { capability: "udp-bind", target: "127.0.0.1:5353" },
      { capability: "udp-multicast", target: "224.0.0.251:5353" },
    ],
    "Mail could take connections at 127.0.0.1:40000, exchange packets with ns.example.com:53," +
    " receive packets at 127.0.0.1:5353 and join the group 224.0.0.251:5353.",
  ],
  ["denials alone", [tcp("a.example:1", { effect: "deny" })], null],
  ["a denial of the same", [imap, tcp("imap.example.com:993", { effect: "deny" })], null],
  ["a denial of more", [imap, tcp("*.example.com:*", { effect: "deny" })], null],
  [
    "a denial of a part",
    [tcp("*.example.com:993"), tcp("imap.example.com:993", { effect: "deny" })],
    "Mail could connect to *.example.com:993.",
  ],
  [
    "a denial of another capability",
    [imap, { capability: "udp-send", target: "*:*", effect: "deny" }],
    "Mail could connect to imap.example.com:993.",
  ],
  [
    "a denial that is over",
    [imap, tcp("*:*", { effect: "deny", expiresAtMs: sampleMs + 1000 })],
    "Mail could connect to imap.example.com:993.",
  ],
  ["a denial that can't be read", [imap, tcp("?", { effect: "deny" })], null],
  ["a grant that can't be read", [tcp("?")], null],
  ["one that is over", [tcp("a.example:1", { expiresAtMs: sampleMs + 1000 })], null],
  ["one that is used up", [tcp("a.example:1", { spentBy: fakeId("sess", 1) })], null],
  ["one that policy has cut short", [imap], null, {
    durations: { longestMs: 1000 },
  }],
];

for (const [name, grants, expected, policy] of rows) {
  Deno.test(`what an app could do: ${name}`, () => {
    assert.equal(sentence(grants, policy), expected);
  });
}

Deno.test("a paused app could do it once it is resumed", () => {
  assert.equal(
    sentence([imap], {}, true),
    "Mail is paused; it could connect to imap.example.com:993.",
  );
});
