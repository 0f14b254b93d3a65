/** Which targets are broad, and why. @module */
import assert from "node:assert/strict";
import { parseCapabilityTarget } from "../../../broker/core/capability_target.ts";
import { parseTarget } from "../../../broker/core/target.ts";
import { broadReasons, registrableDomain } from "../../../broker/core/target_breadth.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import type { BroadReason } from "../../../broker/schema/dashboard.ts";
import relations from "../../fixtures/vectors/match-pattern-relations.json" with { type: "json" };

function reasons(capability: Capability, text: string): BroadReason[] {
  return broadReasons(capability, parseCapabilityTarget(capability, text));
}

Deno.test("broadReasons, one line per socket target", () => {
  const table: [target: string, ...reasons: BroadReason[]][] = [
    ["imap.example.com:993"],
    ["8.8.8.8:53"],
    ["[2001:4860:4860::8888]:53"],
    ["*:443", "any-host"],
    ["*:*", "any-host", "any-port"],
    ["*.example.com:443", "wildcard-host"],
    ["*.a.github.io:443", "wildcard-host"],
    ["*.lan:443", "wildcard-host"],
    ["*.com:443", "public-suffix"],
    ["*.co.uk:443", "public-suffix"],
    ["*.github.io:443", "public-suffix"],
    ["*.xn--p1ai:443", "public-suffix"],
    ["com:443"],
    ["8.8.8.0/24:53"],
    ["8.8.8.0/23:53", "wide-range"],
    ["[2001:4860::]/64:53"],
    ["[2001:4860::]/63:53", "wide-range"],
    ["[64:ff9b::]/96:443", "wide-range"],
    ["[64:ff9b::808:800]/119:53", "wide-range"],
    ["[64:ff9b::808:800]/120:53"],
    ["0.0.0.0/0:53", "wide-range", "loopback", "local-network"],
    ["[::]/0:53", "wide-range", "loopback", "local-network"],
    ["localhost:8080", "loopback"],
    ["db.localhost:8080", "loopback"],
    ["*.localhost:8080", "wildcard-host", "loopback"],
    ["127.0.0.1:8080", "loopback"],
    ["[::1]:8080", "loopback"],
    ["192.168.1.1:80", "local-network"],
    ["169.254.169.254:80", "local-network"],
    ["[fe80::1]:80", "local-network"],
    ["[fd00::]/8:9100", "wide-range", "local-network"],
    ["192.168.0.0/16:9100", "wide-range", "local-network"],
    ["example.com:*", "any-port"],
    ["example.com:80-90", "port-range"],
    ["example.com:20-25", "port-range", "mail-port", "remote-login-port"],
    ["example.com:25", "mail-port"],
    ["example.com:22", "remote-login-port"],
    ["example.com:3389", "remote-login-port"],
    ["example.com:5432", "database-port"],
  ];
  for (const [target, ...expected] of table) {
    assert.deepEqual(reasons("tcp-connect", target), expected, target);
  }
});

Deno.test("listening is broad as such, and its target says nothing of whom it reaches", () => {
  assert.deepEqual(reasons("tcp-listen", "127.0.0.1:40000"), ["listening"]);
  assert.deepEqual(reasons("udp-bind", "*:40000-40100"), ["listening"]);
  assert.deepEqual(reasons("tcp-listen", "0.0.0.0:32768-65535"), ["listening"]);
  assert.deepEqual(reasons("tcp-listen", "127.0.0.1:8080"), ["listening", "low-port"]);
  assert.deepEqual(reasons("network-info", "*"), []);
});

Deno.test("a multicast group is heard by the whole network", () => {
  assert.deepEqual(reasons("udp-multicast", "224.0.0.251:5353"), ["local-network"]);
  assert.deepEqual(reasons("udp-multicast", "239.255.0.0/16:5353"), [
    "wide-range",
    "local-network",
  ]);
});

Deno.test("broadReasons, one line per match pattern", () => {
  const table: [pattern: string, ...reasons: BroadReason[]][] = [
    ["https://example.com/*"],
    ["https://*.example.com/*", "wildcard-host"],
    ["<all_urls>", "any-host"],
    ["*://*/maps", "any-host"],
    ["file:///*", "any-host"],
    ["http://*.com:80/*", "public-suffix"],
    ["http://localhost:8080/*", "loopback"],
    ["http://127.0.0.1/*", "loopback"],
    ["http://[::1]/*", "loopback"],
    ["http://192.168.0.1/*", "local-network"],
  ];
  for (const [pattern, ...expected] of table) {
    assert.deepEqual(reasons("host-access", pattern), expected, pattern);
  }
});

Deno.test("what matches a public suffix in Chromium is any host or a public suffix here", () => {
  let rows = 0;
  for (const { relation, a, result } of relations) {
    if (relation !== "matchesEffectiveTld" || typeof a !== "string") continue;
    assert.ok(result !== null && typeof result === "object" && "publicOrPrivate" in result);
    const found = reasons("host-access", a);
    const isBroad = found.includes("any-host") || found.includes("public-suffix");
    assert.equal(isBroad, result.publicOrPrivate, a);
    rows++;
  }
  assert.equal(rows, 7);
});

Deno.test("registrableDomain", () => {
  const table: [target: string, domain: string | null][] = [
    ["imap.example.co.uk:993", "example.co.uk"],
    ["example.com:993", "example.com"],
    ["*.mail.example.com:993", "example.com"],
    ["a.b.github.io:443", "b.github.io"],
    ["printer.lan:9100", "printer.lan"],
    ["*.com:80", null],
    ["localhost:80", null],
    ["192.0.2.1:80", null],
    ["[2001:db8::1]:80", null],
    ["*:80", null],
  ];
  for (const [target, domain] of table) {
    assert.equal(registrableDomain(parseTarget(target)), domain, target);
  }
});
