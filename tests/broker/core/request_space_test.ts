/** Where a card says that the other side is. @module */
import assert from "node:assert/strict";
import { parseCapabilityTarget } from "../../../broker/core/capability_target.ts";
import { requestSpace } from "../../../broker/core/request_space.ts";
import { spacesReached } from "../../../broker/core/socket_address.ts";
import { parseTarget } from "../../../broker/core/target.ts";
import type { AddressSpace } from "../../../broker/schema/address_space.ts";
import type { Capability } from "../../../broker/schema/capability.ts";

const ownAddresses = new Set(["203.0.113.9", "192.168.1.7"]);

Deno.test("requestSpace, one line per case", () => {
  const table: [Capability, target: string, AddressSpace | null][] = [
    ["tcp-connect", "imap.example.com:993", null],
    ["tcp-connect", "*.example.com:993", null],
    ["tcp-connect", "*:993", null],
    ["tcp-connect", "93.184.215.14:993", "public"],
    ["tcp-connect", "192.168.1.20:993", "local"],
    ["tcp-connect", "203.0.113.9:993", "refused"],
    ["tcp-connect", "127.0.0.1:993", "loopback"],
    ["tcp-connect", "10.0.0.0/24:993", null],
    ["udp-send", "[fd00::1]:53", "local"],
    ["host-access", "https://example.com/*", null],
    ["host-access", "https://*.example.com/*", null],
    ["host-access", "<all_urls>", null],
    ["host-access", "http://192.168.1.1/*", "local"],
    ["host-access", "http://localhost:8080/*", "loopback"],
    ["udp-multicast", "224.0.0.251:5353", "local"],
    ["udp-multicast", "239.255.0.0/16:5353", "local"],
    ["udp-multicast", "[ff02::fb]:5353", "local"],
    ["tcp-listen", "0.0.0.0:40000", "public"],
    ["tcp-listen", "[::]:40000", "public"],
    ["tcp-listen", "*:40000", "public"],
    ["tcp-listen", "93.184.215.14:40000", "public"],
    ["tcp-listen", "192.168.1.7:40000", "local"],
    ["tcp-listen", "127.0.0.1:40000", "loopback"],
    ["udp-bind", "[::1]:5000", "loopback"],
    ["udp-bind", "localhost:5000", "loopback"],
    ["network-info", "*", null],
  ];
  for (const [capability, text, expected] of table) {
    const target = parseCapabilityTarget(capability, text);
    assert.equal(requestSpace(capability, target, ownAddresses), expected, `${capability} ${text}`);
  }
});

Deno.test("a grant for multicast groups reaches each of them, and nothing else", () => {
  const reached = (text: string) =>
    spacesReached(parseTarget(text), { intranet: false, ownAddresses });
  assert.deepEqual(reached("224.0.0.251:5353"), ["refused"]);
  assert.deepEqual(reached("239.255.0.0/16:5353"), ["refused"]);
  assert.deepEqual(reached("[ff02::]/16:5353"), ["refused"]);
  assert.deepEqual(reached("192.168.0.0/16:5353"), ["public", "local", "loopback"]);
  assert.deepEqual(reached("0.0.0.0/0:5353"), ["public", "local", "loopback"]);
});
