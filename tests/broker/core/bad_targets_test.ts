/** Targets that are wrong, or only look strange: each is denied with a sentence that helps, or means what it should. @module */
import assert from "node:assert/strict";
import { decide } from "../../../broker/core/decide.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { noPolicy } from "../../../broker/core/policy.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { app } from "../../bench/decide_data.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const grants = (capability: Capability, target: string): Grant[] => [{
  v: 1,
  id: fakeId("grant", 1),
  effect: "allow",
  appId: app.id,
  capability,
  target,
  spaces: ["public", "local"],
  duration: { kind: "always" },
  createdAtMs: 0,
  expiresAtMs: null,
  requestId: null,
  spentBy: null,
}];

/** What is decided on a target where everything is allowed that is said to be. */
function decided(target: string, allowed: string, capability: Capability = "tcp-connect") {
  return decide({
    app,
    capability,
    target,
    addresses: null,
    sessionId: null,
    policy: noPolicy,
    grants: indexGrants(grants(capability, allowed)),
    mode: "ask",
    limit: null,
    embargoed: false,
    ownAddresses: new Set(),
    brokerPorts: [8737],
    nowMs: 1,
  });
}

const refused: [name: string, target: string, says: RegExp][] = [
  ["nothing", "", /Write a host and a port/],
  ["no host", ":443", /The host is missing/],
  ["a dot", ".:443", /host is missing|Two dots/],
  ["a target that is too long", `${"a".repeat(2100)}:1`, /at most 2048 characters/],
  ["a name that is too long", `${"a.".repeat(127)}bc:1`, /at most 253 characters/],
  ["a label that is too long", `${"a".repeat(64)}.example:1`, /at most 63 characters/],
  ["an empty label", "a..example:1", /Two dots follow each other/],
  ["a bidi override", "\u202egnp.example:1", /not a domain name/],
  ["a bidi isolate", "a\u2066b.example:1", /not a domain name/],
  ["a right-to-left label in a left-to-right one", "a\u05d0.example:1", /not a domain name/],
  ["a NUL", "a\u0000.example:1", /no spaces, control characters/],
  ["a line feed", "a\n.example:1", /no spaces, control characters/],
  ["a space", "a b.example:1", /no spaces, control characters/],
  ["a percent-encoded NUL", "a%00.example:1", /not a domain name/],
  ["a percent-encoded dot and slash", "a%2f%2e.example:1", /not a domain name/],
  ["half of a percent-encoding", "a%2.example:1", /not a domain name/],
  ["a zone id", "[fe80::1%eth0]:1", /has no zone/],
  ["a zone id without brackets", "fe80::1%eth0:1", /zone|brackets/],
  ["an octal part out of range", "0400.1.1.1:1", /must be an IPv4 address/],
  ["too many parts", "1.2.3.4.5:1", /must be an IPv4 address/],
  ["a number too large", "4294967296:1", /must be an IPv4 address/],
  ["a numeric last label", "a.1:1", /must be an IPv4 address/],
  ["IPv6 without brackets", "2001:db8::1:443", /in brackets/],
  ["an open bracket", "[2001:db8::1:443", /bracket/],
  ["user information", "user@a.example:1", /no spaces, control characters/],
  ["a URL", "https://a.example:1", /not a whole URL/],
  ["port 0", "a.example:0", /from 1 to 65535/],
  ["port 65536", "a.example:65536", /from 1 to 65535/],
  ["a port as long as memory", `a.example:${"9".repeat(400)}`, /A port is a number/],
  ["a negative port", "a.example:-1", /A port is a number/],
  ["a hexadecimal port", "a.example:0x50", /A port is a number/],
  ["a port with a space", "a.example: 80", /A port is a number/],
  ["Arabic digits as a port", "a.example:\u0668\u0660", /A port is a number/],
];

for (const [name, target, says] of refused) {
  Deno.test(`a target is refused: ${name}`, () => {
    const { effect, reason, message } = decided(target, "*:*");
    assert.deepEqual([effect, reason], ["deny", "invalid-target"]);
    assert.match(message, says);
  });
}

const understood: [name: string, target: string, allowed: string, reason: string][] = [
  ["IDNA", "BÜCHER.example:1", "xn--bcher-kva.example:1", "grant-allow"],
  ["IDNA by its other dot", "b\u00fccher\u3002example:1", "xn--bcher-kva.example:1", "grant-allow"],
  ["a final dot", "a.example.:1", "a.example:1", "grant-allow"],
  ["capital letters", "A.EXAMPLE:1", "a.example:1", "grant-allow"],
  ["percent-encoding", "%61.example:1", "a.example:1", "grant-allow"],
  ["full-width letters", "\uff41.example:1", "a.example:1", "grant-allow"],
  ["a soft hyphen is nothing", "a\u00adb.example:1", "ab.example:1", "grant-allow"],
  ["mixed scripts are another name", "p\u0430ypal.com:443", "paypal.com:443", "no-answer-yet"],
  ["octal", "010.0.0.1:1", "8.0.0.1:1", "grant-allow"],
  ["octal is not decimal", "012.0.0.1:1", "12.0.0.1:1", "no-answer-yet"],
  ["a hexadecimal number", "0x0a000001:1", "10.0.0.1:1", "grant-allow"],
  ["a decimal number", "167772161:1", "10.0.0.1:1", "grant-allow"],
  ["a short form of loopback", "127.1:8737", "*:*", "own-port"],
  ["zero means this computer", "0:80", "*:*", "refused-address"],
  ["IPv4 inside IPv6", "[::ffff:127.0.0.1]:8737", "*:*", "refused-address"],
  ["metadata as a number", "2852039166:80", "*:*", "metadata-address"],
];

for (const [name, target, allowed, reason] of understood) {
  Deno.test(`a target is understood: ${name}`, () => {
    assert.equal(decided(target, allowed).reason, reason);
  });
}
