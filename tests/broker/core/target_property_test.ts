/**
 * Targets by brute force: over a small world of sockets, `coversTarget` must say what testing every
 * socket says, with membership worked out on the parts that a target was made of, not on its text.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  coversTarget,
  formatTarget,
  parseTarget,
  socketTarget,
  TargetError,
} from "../../../broker/core/target.ts";

const seed = 20260718;

interface Parts {
  text: string;
  holds(host: string, port: number): boolean;
}

// Addresses end in a number from 0 to 8, of which blocks of 29 (125) bits hold 0 to 7.
const v4 = (last: number) => `10.0.0.${last}`;
const v6 = (last: number) => `fd00::${last === 0 ? "" : last}`;
const lastNumbers = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const names = ["a", "b", "b.a", "c.a", "c.b.a", "xa", "a.b", "xn--bcher-kva.a"];
// One more label below each name tells `*.name` from `name`.
const hosts = [
  ...names,
  ...names.map((member) => `w.${member}`),
  ...lastNumbers.map(v4),
  ...lastNumbers.map(v6),
];
const ports = [1, 2, 3, 4, 5, 65535];

const name = fc.constantFrom(...names);
const spelling = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => `${text}.`,
);
const blockBits = fc.constantFrom(0, 1, 2, 3);

const host: fc.Arbitrary<{ text: string; holds(host: string): boolean }> = fc.oneof(
  fc.constant({ text: "*", holds: () => true }),
  fc.tuple(name, spelling).map(([own, spell]) => ({
    text: spell(own),
    holds: (other: string) => other === own,
  })),
  fc.tuple(name, spelling).map(([own, spell]) => ({
    text: `*.${spell(own)}`,
    holds: (other: string) => other === own || new RegExp(`[.]${own}$`).test(other),
  })),
  fc.tuple(fc.nat(7), blockBits, fc.boolean()).map(([number, bits, is4]) => {
    const base = number - number % 2 ** bits;
    const address = is4 ? v4(base) : `[${v6(base)}]`;
    const members = lastNumbers.filter((last) => last >= base && last < base + 2 ** bits)
      .map(is4 ? v4 : v6);
    const prefix = bits === 0 && number % 2 === 0 ? "" : `/${(is4 ? 32 : 128) - bits}`;
    return { text: address + prefix, holds: (other: string) => members.includes(other) };
  }),
  fc.constantFrom(
    { text: "0.0.0.0/0", holds: (other: string) => other.startsWith("10.") },
    { text: "[::]/0", holds: (other: string) => other.includes(":") },
  ),
);
const portRange = fc.oneof(
  fc.constantFrom({ text: "*", first: 1, last: 65535 }, { text: "1-65535", first: 1, last: 65535 }),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(3)).map(([first, more]) => ({
    text: more === 0 ? `${first}` : `${first}-${first + more}`,
    first,
    last: first + more,
  })),
);
const parts: fc.Arbitrary<Parts> = fc.tuple(host, portRange).map(([own, range]) => ({
  text: `${own.text}:${range.text}`,
  holds: (other, port) => own.holds(other) && range.first <= port && port <= range.last,
}));

const world = hosts.flatMap((member) =>
  [...ports, 6, 7, 8].map((port) => ({
    host: member,
    port,
    target: socketTarget(member, port),
  }))
);

Deno.test("a target covers exactly the sockets that its parts hold", () => {
  fc.assert(
    fc.property(parts, ({ text, holds }) => {
      const pattern = parseTarget(text);
      for (const member of world) {
        const covers = coversTarget(pattern, member.target);
        assert.equal(covers, holds(member.host, member.port), `${text} ${member.target.text}`);
      }
    }),
    { seed, numRuns: 2000 },
  );
});

Deno.test("a target covers another if and only if it covers each of its sockets", () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const members = world.filter((member) => b.holds(member.host, member.port));
      const expected = members.every((member) => a.holds(member.host, member.port));
      assert.equal(coversTarget(a.text, b.text), expected, `${a.text} ${b.text}`);
    }),
    { seed, numRuns: 10_000 },
  );
});

Deno.test("covering is reflexive and transitive, and canonical text reads back the same", () => {
  fc.assert(
    fc.property(parts, parts, parts, (...three) => {
      const [a, b, c] = three.map(({ text }) => parseTarget(text));
      assert.ok(a && b && c);
      assert.ok(coversTarget(a, a));
      if (coversTarget(a, b) && coversTarget(b, c)) assert.ok(coversTarget(a, c));
      assert.equal(coversTarget(a, b) && coversTarget(b, a), a.text === b.text);
      assert.deepEqual(parseTarget(formatTarget(a)), a);
    }),
    { seed, numRuns: 5000 },
  );
});

Deno.test("whatever the text, parsing it ends in a target or in a named error", () => {
  const text = fc.array(
    fc.constantFrom(
      "*",
      ".",
      ":",
      "/",
      "-",
      "[",
      "]",
      "::",
      "a",
      "0x7f",
      "1",
      "80",
      "%",
      "\0",
      "é",
    ),
    { maxLength: 10 },
  ).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (candidate) => {
      try {
        const target = parseTarget(candidate);
        assert.deepEqual(parseTarget(target.text), target);
      } catch (error) {
        assert.ok(error instanceof TargetError, String(error));
      }
    }),
    { seed, numRuns: 5000 },
  );
});
