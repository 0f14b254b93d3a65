/** The classification of addresses: the shared vectors, the table's edges, and the rules around it. @module */
import assert from "node:assert/strict";
import { registryRows } from "../../../broker/core/address_registry.ts";
import {
  canonicalAddresses,
  classifyAddress,
  isCloudMetadata,
} from "../../../broker/core/address_space.ts";
import vectors from "../../fixtures/vectors/ip.json" with { type: "json" };

Deno.test("classifyAddress agrees with every shared vector", () => {
  assert.ok(vectors.length > 100);
  for (const vector of vectors) {
    const { canonical, class: addressClass, allowedForHostname } = classifyAddress(vector.input);
    assert.deepEqual(
      { canonical, class: addressClass, allowedForHostname },
      {
        canonical: vector.canonical,
        class: vector.class,
        allowedForHostname: vector.allowedForHostname,
      },
      JSON.stringify(vector.input),
    );
  }
});

Deno.test("an address may be dialed for a name exactly if its space is public", () => {
  for (const vector of vectors) {
    const { class: addressClass, space, allowedForHostname } = classifyAddress(vector.input);
    if (addressClass === "name") continue;
    assert.equal(allowedForHostname, space === "public", vector.input);
  }
});

Deno.test("each address lies in its address space", () => {
  const table: [string, string, string][] = [
    ["8.8.8.8", "public", "public"],
    ["2a00:1450:4001:81b::200e", "public", "public"],
    ["2620:4f:8000::1", "as112", "public"],
    ["127.255.255.255", "loopback", "loopback"],
    ["[::1]", "loopback", "loopback"],
    ["localhost", "loopback", "loopback"],
    ["a.b.localhost.", "loopback", "loopback"],
    ["198.18.0.1", "benchmarking", "loopback"],
    ["2001:2::1", "benchmarking", "refused"],
    ["10.1.2.3", "private", "local"],
    ["172.31.255.255", "private", "local"],
    ["100.64.0.1", "cgnat", "local"],
    ["169.254.1.1", "link-local", "local"],
    ["[fd00::1]", "unique-local", "local"],
    ["fe80::1", "link-local", "local"],
    ["fec0::1", "site-local", "local"],
    ["0.0.0.0", "unspecified", "refused"],
    ["::", "unspecified", "refused"],
    ["255.255.255.255", "broadcast", "refused"],
    ["239.255.255.250", "multicast", "refused"],
    ["ff02::1", "multicast", "refused"],
    ["240.0.0.1", "reserved", "refused"],
    ["192.0.0.1", "service-continuity", "refused"],
    ["192.0.0.11", "ietf-protocol", "refused"],
    ["2001:30::1", "drone-id", "refused"],
    ["5f00::1", "srv6", "refused"],
    ["::ffff:127.0.0.1", "ipv4-mapped", "refused"],
    ["::ffff:8.8.8.8", "ipv4-mapped", "refused"],
    ["64:ff9b::1.1.1.1", "nat64", "public"],
    ["64:ff9b::192.168.0.1", "nat64", "refused"],
    ["64:ff9b::224.0.0.1", "nat64", "refused"],
    ["example.com", "name", "refused"],
    ["", "invalid", "refused"],
  ];
  for (const [literal, addressClass, space] of table) {
    const found = classifyAddress(literal);
    assert.deepEqual([found.class, found.space], [addressClass, space], literal);
  }
});

Deno.test("cloud metadata addresses are refused, whatever block they lie in", () => {
  for (
    const literal of [
      "169.254.169.254",
      "0xa9fea9fe",
      "[fd00:ec2::254]",
      "fd00:0ec2:0:0:0:0:0:0254",
      "100.100.100.200",
      "fe80::a9fe:a9fe%eth0",
    ]
  ) {
    const { canonical, space } = classifyAddress(literal);
    assert.ok(canonical !== null && isCloudMetadata(canonical), literal);
    assert.equal(space, "refused", literal);
  }
  assert.equal(classifyAddress("64:ff9b::169.254.169.254").space, "refused");
  assert.equal(classifyAddress("169.254.169.253").space, "local");
});

Deno.test("a public address of the machine itself counts as local", () => {
  const own = canonicalAddresses(["203.0.114.9", "2A00:1450:0:0::9", "fe80::1%eth0", "127.0.0.1"]);
  assert.deepEqual([...own], ["203.0.114.9", "2a00:1450::9", "fe80::1", "127.0.0.1"]);
  for (const literal of ["203.0.114.9", "[2a00:1450::9]", "0xcb007209"]) {
    assert.equal(classifyAddress(literal).space, "public", literal);
    const { space, allowedForHostname } = classifyAddress(literal, own);
    assert.deepEqual({ space, allowedForHostname }, { space: "local", allowedForHostname: false });
  }
  assert.equal(classifyAddress("64:ff9b::203.0.114.9", own).space, "refused");
  assert.equal(classifyAddress("127.0.0.1", own).space, "loopback");
  assert.equal(classifyAddress("203.0.114.10", own).space, "public");
});

Deno.test("names that no DNS server may be asked for", () => {
  const table: [string, boolean][] = [
    ["example.com", true],
    ["printer", true],
    ["_imaps._tcp.example.com", true],
    ["xn--bcher-kva.example.", true],
    ["mylocalhost", true],
    ["localhost.example", true],
    ["localhost", false],
    ["LOCALHOST.", false],
    ["x.localhost", false],
    ["duckduckgo.onion", false],
    ["a..b", false],
    [".", false],
    ["*.example.com", false],
    ["a+b.example", false],
    [`${"x".repeat(64)}.example`, false],
    [`${"x".repeat(63)}.example`, true],
    [`${"abcdefghi.".repeat(25)}com`, true],
    [`${"abcdefghi.".repeat(25)}come`, false],
  ];
  for (const [name, allowed] of table) {
    assert.equal(classifyAddress(name).allowedForHostname, allowed, name);
  }
});

Deno.test("what URL parsers cut off or silently drop is not dropped here", () => {
  for (
    const text of [
      "127.0.0.1/",
      "127.0.0.1:80",
      "user@127.0.0.1",
      "8.8.8.8#x",
      "8.8.8.8?x",
      "8.8.8.8\\x",
      " 8.8.8.8",
      "8.8.8.8 ",
      "8.8.\t8.8",
      "8.8.8.8\n",
      "8.8.8.8\0",
      "8.8.8.8%00",
      "8.8.8.8%2f",
      "[::1]x",
      "[::1]:80",
      "[::1%25lo]",
      "::1%",
      "::1%lo%lo",
      "::1/128",
      "\ud800",
      "1".repeat(5000),
      "a".repeat(5000),
    ]
  ) {
    const { canonical, class: addressClass } = classifyAddress(text);
    assert.deepEqual([canonical, addressClass], [null, "invalid"], JSON.stringify(text));
  }
});

Deno.test("no block of the registry is listed twice", () => {
  const blocks = registryRows.map(([block]) => block);
  assert.equal(new Set(blocks).size, blocks.length);
});
