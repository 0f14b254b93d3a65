/** What datagrams, groups and bound sockets are asked as; who may be answered; which address is sent to. @module */
import assert from "node:assert/strict";
import {
  boundTarget,
  datagramWish,
  groupWish,
  letsAnswer,
} from "../../../broker/core/datagram_wish.ts";
import { HeldDatagrams, maxHeldDatagrams } from "../../../broker/core/held_datagrams.ts";
import { reachableAddress } from "../../../broker/core/reachable_address.ts";
import { maxRememberedPeers, ReplyTable, replyWindowMs } from "../../../broker/core/reply_table.ts";
import { TargetError } from "../../../broker/core/target_error.ts";
import { namedPlace, unaddressedTarget } from "../../../broker/core/unaddressed.ts";
import type { DecisionReason, Effect } from "../../../broker/schema/decision.ts";

const destinations: [host: string, port: number, capability: string, target: string][] = [
  ["ns.example.com", 53, "udp-send", "ns.example.com:53"],
  ["0x7f.1", 53, "udp-send", "127.0.0.1:53"],
  ["2001:db8::1", 53, "udp-send", "[2001:db8::1]:53"],
  ["224.0.0.251", 5353, "udp-multicast", "224.0.0.251:5353"],
  ["239.255.255.250", 1900, "udp-multicast", "239.255.255.250:1900"],
  ["ff02::fb", 5353, "udp-multicast", "[ff02::fb]:5353"],
  ["255.255.255.255", 9, "udp-send", "255.255.255.255:9"],
];
for (const [host, port, capability, target] of destinations) {
  Deno.test(`a datagram to ${host} is asked as ${capability}`, () => {
    const wish = datagramWish(host, port);
    assert.deepEqual([wish.capability, wish.target.text], [capability, target]);
  });
}

Deno.test("what is no single host and port is no destination", () => {
  for (const [host, port] of [["*", 1], ["*.a.example", 1], ["10.0.0.0/8", 1], ["", 1], ["a", 0]]) {
    assert.throws(() => datagramWish(host as string, port as number), TargetError);
  }
});

Deno.test("a group is a multicast address, its source a plain one of the same family", () => {
  const groups: [string, string | undefined, string, string | null][] = [
    ["224.0.0.251", undefined, "224.0.0.251:5353", null],
    ["FF02:0::fb", undefined, "[ff02::fb]:5353", null],
    ["232.1.2.3", "192.0.2.1", "232.1.2.3:5353", "192.0.2.1"],
    ["ff3e::1", "2001:DB8::1", "[ff3e::1]:5353", "2001:db8::1"],
  ];
  for (const [groupAddress, sourceAddress, target, source] of groups) {
    const wish = groupWish({ groupAddress, sourceAddress }, 5353);
    assert.deepEqual([wish.target.text, wish.source], [target, source]);
  }
  const none: [string, string | undefined][] = [
    ["192.0.2.1", undefined],
    ["group.example", undefined],
    ["232.1.2.3", "239.1.2.3"],
    ["232.1.2.3", "2001:db8::1"],
    ["232.1.2.3", "name.example"],
  ];
  for (const [groupAddress, sourceAddress] of none) {
    assert.throws(
      () => groupWish({ groupAddress, sourceAddress }, 5353),
      TargetError,
      groupAddress,
    );
  }
});

Deno.test("a bound socket's target is its address with its port, or with those that a system chooses from", () => {
  assert.equal(boundTarget("0.0.0.0", undefined).text, "0.0.0.0:32768-65535");
  assert.equal(boundTarget("::", 53).text, "[::]:53");
  assert.equal(boundTarget("[::1]", 53).text, "[::1]:53");
  assert.throws(() => boundTarget("localhost", 53), TargetError);
});

Deno.test("an answer is let through unless something speaks against it", () => {
  const rows: [Effect, DecisionReason, boolean][] = [
    ["allow", "grant-allow", true],
    ["ask", "no-answer-yet", true],
    ["deny", "silenced", true],
    ["deny", "embargo", true],
    ["deny", "quiet", true],
    ["deny", "asking-forbidden", true],
    ["deny", "grant-deny", false],
    ["deny", "policy-deny", false],
    ["deny", "broadcast-address", false],
    ["deny", "own-port", false],
    ["deny", "lockdown", false],
    ["deny", "rule-error", false],
  ];
  for (const [effect, reason, lets] of rows) {
    assert.equal(letsAnswer({ effect, reason, ruleIds: [], message: "" }), lets, reason);
  }
});

Deno.test("peers may be answered for two minutes after their last datagram; the oldest are forgotten", () => {
  const table = new ReplyTable();
  assert.equal(table.answerableUntilMs("a", 0), null);
  table.heard("a", 1000);
  assert.equal(table.answerableUntilMs("a", 1000), 1000 + replyWindowMs);
  assert.equal(table.answerableUntilMs("a", 999 + replyWindowMs), 1000 + replyWindowMs);
  assert.equal(table.answerableUntilMs("a", 1000 + replyWindowMs), null);
  assert.equal(table.answerableUntilMs("a", 999), null, "a clock that was set back");
  for (let n = 1; n < maxRememberedPeers; n++) table.heard(`${n}`, 2000);
  table.heard("a", 3000);
  table.heard("one more", 3000);
  assert.equal(table.size, maxRememberedPeers);
  assert.equal(table.answerableUntilMs("1", 3000), null, "the one not heard from for the longest");
  assert.notEqual(table.answerableUntilMs("a", 3000), null);
});

Deno.test("one datagram waits for each destination, and few in all", () => {
  const held = new HeldDatagrams<number>();
  assert.ok(held.hold("0", 0));
  assert.ok(!held.hold("0", 1));
  for (let n = 1; n < maxHeldDatagrams; n++) assert.ok(held.hold(`${n}`, n));
  assert.ok(held.full && !held.hold("one more", 1));
  assert.equal(held.take("0"), 0);
  assert.equal(held.take("0"), undefined);
  assert.ok(!held.full && held.hold("0", 2));
});

Deno.test("of several addresses one is sent to that this machine can reach, and the socket can send to", () => {
  const both = ["2606:4700::1", "93.184.216.34"];
  const rows: [readonly string[], string[], readonly (4 | 6)[] | undefined, string][] = [
    [both, ["192.168.1.7"], undefined, "93.184.216.34"],
    [both, ["192.168.1.7", "2a00::7"], undefined, "2606:4700::1"],
    [both, ["192.168.1.7", "fe80::7", "::1"], undefined, "93.184.216.34"],
    [both, ["127.0.0.1"], undefined, "2606:4700::1"],
    [both, ["192.168.1.7"], [6], "2606:4700::1"],
    [["2606:4700::1"], ["192.168.1.7"], [4], ""],
  ];
  for (const [addresses, own, families, expected] of rows) {
    assert.equal(reachableAddress(addresses, new Set(own), families), expected, `${own}`);
  }
});

Deno.test("a place that the person names is one host and one port", () => {
  const rows: [string, string, number][] = [
    ["Printer.Example.com.:9100", "printer.example.com", 9100],
    ["192.168.1.20:53", "192.168.1.20", 53],
    ["[FD00::1]:53", "fd00::1", 53],
  ];
  for (const [text, host, port] of rows) {
    const place = namedPlace(text);
    assert.deepEqual([place.host, place.port], [host, port]);
  }
  for (
    const text of [
      "*:53",
      "a.example:*",
      "a.example:1-2",
      "*.a.example:1",
      "10.0.0.0/8:1",
      "a.example",
    ]
  ) {
    assert.throws(() => namedPlace(text), TargetError, text);
  }
  assert.deepEqual([unaddressedTarget(0), unaddressedTarget(53)], ["*:*", "*:53"]);
});
