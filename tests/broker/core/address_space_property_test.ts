/**
 * A million addresses, most of them at the edges of blocks, against a second classifier that is
 * written apart: it reads IANA's own CSV text and does its sums on BigInt masks.
 * @module
 */
import assert from "node:assert/strict";
import { classifyAddress } from "../../../broker/core/address_space.ts";

interface Block {
  bits: number;
  prefix: number;
  base: bigint;
  name: string;
  reachable: boolean;
}

/** Splits one CSV line; a field in quotes holds commas, and `""` is a quote. */
function csvFields(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) =>
    (match[1] ?? "").replace(/^"(.*)"$/, "$1")
  );
}

function parseV4(text: string): bigint {
  return text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseV6(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const groups = (side: string) => side === "" ? [] : side.split(":").map((group) => `0x${group}`);
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill("0"), ...right]
    .reduce((value, group) => value * 65536n + BigInt(group), 0n);
}

function writeV6(value: bigint): string {
  const hex = value.toString(16).padStart(32, "0");
  return (hex.match(/.{4}/g) ?? []).join(":");
}

function writeV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
}

function block(text: string, name: string, reachable: boolean): Block {
  const [address = "", prefix = ""] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const base = bits === 128 ? parseV6(address) : parseV4(address);
  return { bits, prefix: Number(prefix), base, name, reachable };
}

function holds(candidate: Block, bits: number, value: bigint): boolean {
  const shift = BigInt(candidate.bits - candidate.prefix);
  return candidate.bits === bits && candidate.base >> shift === value >> shift;
}

const csv = Deno.readTextFileSync(
  new URL("../../fixtures/iana_special_purpose.csv", import.meta.url),
);
const special: Block[] = csv.trim().split("\n").slice(1).flatMap((line) => {
  const fields = csvFields(line);
  const reachable = (fields[8] ?? "").startsWith("True");
  return (fields[0] ?? "").replace(/ \[\d+\]/g, "").split(", ")
    .map((text) => block(text, fields[1] ?? "", reachable));
});
const multicast = [block("224.0.0.0/4", "", false), block("ff00::/8", "", false)];
const globalUnicast = block("2000::/3", "", true);
const wellKnownNat64 = block("64:ff9b::/96", "", true);
const stricterThanIana = /Anycast|ORCHID|Drone/;

/** The rule of the reference, in its own words: may a name that resolves to this be dialed? */
function mayDialForName(bits: number, value: bigint): boolean {
  if (multicast.some((candidate) => holds(candidate, bits, value))) return false;
  if (holds(wellKnownNat64, bits, value)) return mayDialForName(32, value & 0xffffffffn);
  if (bits === 128 && !holds(globalUnicast, bits, value)) return false;
  const rows = special.filter((candidate) => holds(candidate, bits, value));
  if (rows.length === 0) return true;
  const row = rows.reduce((best, other) => other.prefix > best.prefix ? other : best);
  return row.reachable && !stricterThanIana.test(row.name);
}

/** Local Network Access, for the blocks that Gatehouse lets a person allow. */
const spaces: [string, Block[]][] = [
  ["loopback", ["127.0.0.0/8", "::1/128", "198.18.0.0/15"].map((text) => block(text, "", false))],
  [
    "local",
    [
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "100.64.0.0/10",
      "169.254.0.0/16",
      "fc00::/7",
      "fe80::/10",
      "fec0::/10",
    ].map((text) => block(text, "", false)),
  ],
];
const metadata = new Set(
  (
    "169.254.169.254 169.254.170.2 169.254.170.23 169.254.0.23 169.254.10.10 169.254.42.42 " +
    "100.100.100.200 192.0.0.192 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42 fe80::a9fe:a9fe"
  ).split(" ").map((text) => text.includes(":") ? parseV6(text) : parseV4(text)),
);

function expectedSpace(bits: number, value: bigint): string {
  if (mayDialForName(bits, value)) return "public";
  if (metadata.has(value)) return "refused";
  const space = spaces.find(([, blocks]) =>
    blocks.some((candidate) => holds(candidate, bits, value))
  );
  return space?.[0] ?? "refused";
}

/** A generator of 32-bit numbers with a fixed seed (xorshift, Marsaglia 2003). */
function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const edges: [bits: number, value: bigint][] = [
  ...special,
  ...multicast,
  globalUnicast,
  ...spaces.flatMap(([, blocks]) => blocks),
].flatMap((candidate): [number, bigint][] => {
  const size = 1n << BigInt(candidate.bits - candidate.prefix);
  const limit = 1n << BigInt(candidate.bits);
  return [-1n, 0n, 1n, size / 2n, size - 1n, size, size + 1n]
    .map((offset) => candidate.base + offset)
    .filter((value) => value >= 0n && value < limit)
    .map((value): [number, bigint] => [candidate.bits, value]);
});

function check(bits: number, value: bigint): void {
  const literal = bits === 32 ? writeV4(value) : writeV6(value);
  const found = classifyAddress(literal);
  if (found.canonical === null) assert.fail(`${literal} was not read`);
  if (
    found.allowedForHostname !== mayDialForName(bits, value) ||
    found.space !== expectedSpace(bits, value)
  ) {
    assert.fail(`${literal}: ${JSON.stringify(found)}, not ${expectedSpace(bits, value)}`);
  }
}

Deno.test("the second classifier reads every row of the registries", () => {
  assert.equal(special.filter(({ bits }) => bits === 32).length, 26);
  assert.equal(special.filter(({ bits }) => bits === 128).length, 25);
});

Deno.test("every edge of every block is classified as IANA has it", () => {
  for (const [bits, value] of edges) check(bits, value);
});

Deno.test("a million random addresses are classified as IANA has them", () => {
  const next = randomWords(0x6a7e);
  const below = (limit: number) => next() % limit;
  for (let round = 0; round < 1_000_000; round++) {
    const kind = below(8);
    if (kind === 0) {
      check(32, BigInt(next()));
    } else if (kind === 1) {
      check(128, [1, 2, 3, 4].reduce((value) => (value << 32n) | BigInt(next()), 0n));
    } else if (kind === 2) {
      check(128, wellKnownNat64.base | BigInt(next()));
    } else {
      const [bits, edge] = edges[below(edges.length)] ?? assert.fail("no edge");
      const noise = BigInt(next()) >> BigInt(below(32));
      const moved = BigInt.asUintN(bits, kind < 5 ? edge + noise : edge - noise);
      check(bits, kind === 7 ? moved ^ (1n << BigInt(below(bits))) : moved);
    }
  }
});
