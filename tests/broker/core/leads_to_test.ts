import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCapabilityTarget } from "../../../broker/core/capability_target.ts";
import { exactPattern, readFetchUrl, sitePattern } from "../../../broker/core/fetch_url.ts";
import { leadsTo } from "../../../broker/core/leads_to.ts";
import { coversTarget, socketTarget } from "../../../broker/core/target.ts";
import type { Capability } from "../../../broker/schema/capability.ts";

const cases: readonly (readonly [capability: Capability, target: string, leads: string | null])[] =
  [
    ["tcp-connect", "imap.example.com:993", "imap.example.com:993"],
    ["tcp-connect", "*.example.com:80-90", "*.example.com:80-90"],
    ["udp-send", "192.168.1.0/24:9100", "192.168.1.0/24:9100"],
    ["tcp-listen", "[::1]:*", "[::1]:*"],
    ["network-info", "*", null],
    ["host-access", "https://example.com/*", "example.com:443"],
    ["host-access", "http://example.com/feed.xml", "example.com:80"],
    ["host-access", "https://example.com:8443/*", "example.com:8443"],
    ["host-access", "ws://example.com/*", "example.com:80"],
    ["host-access", "wss://example.com/*", "example.com:443"],
    ["host-access", "*://example.com/*", "example.com:*"],
    ["host-access", "http://127.0.0.1:3000/*", "127.0.0.1:3000"],
    ["host-access", "http://[::1]/*", "[::1]:80"],
    ["host-access", "https://localhost:8443/a", "localhost:8443"],
    ["host-access", "https://*.example.com/*", null],
    ["host-access", "*://*/*", null],
    ["host-access", "<all_urls>", null],
    ["host-access", "file:///home/*", null],
  ];

for (const [capability, text, leads] of cases) {
  Deno.test(`${capability} ${text} leads to ${leads ?? "no one host"}`, () => {
    const target = parseCapabilityTarget(capability, text);
    assert.equal(leadsTo(target)?.text ?? null, leads);
    assert.equal(leadsTo(target)?.text ?? null, leads, "and again, as it was read once");
  });
}

Deno.test("a fetch leads to where the permission for its site leads", () => {
  fc.assert(fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (text) => {
    const url = readFetchUrl(text);
    const site = leadsTo(parseCapabilityTarget("host-access", sitePattern(url)));
    const exact = leadsTo(parseCapabilityTarget("host-access", exactPattern(url)));
    assert.ok(site && exact);
    assert.equal(exact.text, site.text);
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    assert.ok(coversTarget(exact, socketTarget(url.hostname, port)));
  }));
});
