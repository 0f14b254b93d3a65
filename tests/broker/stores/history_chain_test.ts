/** The chain of the history: its form on paper, and that no edit of a run goes unseen. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { HistoryEntry } from "../../../broker/schema/history.ts";
import {
  canonicalJson,
  type ChainLink,
  chainStart,
  ChainWalk,
  nextEntry,
} from "../../../broker/stores/history_chain.ts";
import { sampleDraft } from "./sample_records.ts";

function chainOf(messages: readonly string[]): HistoryEntry[] {
  let previous: ChainLink = chainStart;
  return messages.map((message) => {
    const entry = nextEntry(previous, sampleDraft(message));
    previous = entry;
    return entry;
  });
}

function breaksOf(entries: readonly HistoryEntry[], anchor: ChainLink, last: ChainLink): string[] {
  const walk = new ChainWalk(anchor);
  const breaks = entries.flatMap((entry) => walk.step(entry));
  return [...breaks, ...walk.end(last)].map(({ message }) => message);
}

const canonical: [unknown, string][] = [
  [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
  [{ "10": 1, "9": 2, "é": 3, "z": 4 }, '{"10":1,"9":2,"z":4,"é":3}'],
  [{ a: undefined, b: {} }, '{"b":{}}'],
  ["\ud800", '"\\ud800"'],
  [-0, "0"],
  [1e21, "1e+21"],
];
for (const [value, json] of canonical) {
  Deno.test(`canonical JSON: ${json}`, () => assert.equal(canonicalJson(value), json));
}

Deno.test("canonical JSON: is JSON of the same value, whatever the order of its keys", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    const json = canonicalJson(value);
    assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
    const reversed = (inner: unknown): unknown => {
      if (Array.isArray(inner)) return inner.map(reversed);
      if (typeof inner !== "object" || inner === null) return inner;
      return Object.fromEntries(
        Object.entries(inner).reverse().map(([key, member]) => [key, reversed(member)]),
      );
    };
    assert.equal(canonicalJson(reversed(value)), json);
  }));
});

Deno.test("history chain: an entry carries the hash of the one before it, as documented", () => {
  const [first, second] = chainOf(["one", "two"]);
  assert.ok(first && second);
  assert.equal(first.seq, 1);
  assert.equal(first.previousHash, "0".repeat(64));
  assert.equal(second.previousHash, first.hash);
  const { hash, ...rest } = second;
  const hashed = createHash("sha256").update(first.hash + canonicalJson(rest)).digest("hex");
  assert.equal(hash, hashed);
  assert.deepEqual(HistoryEntry.parse(second), second);
});

Deno.test("history chain: holds over any run of it, from any anchor", () => {
  fc.assert(fc.property(
    fc.array(fc.string(), { minLength: 1, maxLength: 12 }),
    fc.nat(),
    (messages, at) => {
      const entries = chainOf(messages);
      const from = at % entries.length;
      const anchor = entries[from - 1] ?? chainStart;
      assert.deepEqual(breaksOf(entries.slice(from), anchor, entries.at(-1) ?? chainStart), []);
    },
  ));
});

Deno.test("history chain: any one entry that is changed, gone, doubled or moved is seen", () => {
  const edits: ((entries: HistoryEntry[], at: number) => void)[] = [
    (entries, at) => entries.splice(at, 1),
    (entries, at) => Object.assign(entries[at] ?? {}, { message: "another" }),
    (entries, at) => Object.assign(entries[at] ?? {}, { atMs: 0 }),
    (entries, at) => Object.assign(entries[at] ?? {}, { seq: at + 1000 }),
    (entries, at) => Object.assign(entries[at] ?? {}, { hash: "f".repeat(64) }),
    (entries, at) => entries.splice(at, 0, ...entries.slice(at, at + 1)),
    // One that fits in itself, but is not the one that was there.
    (entries, at) => {
      entries[at] = nextEntry(entries[at - 1] ?? chainStart, sampleDraft("forged"));
    },
  ];
  fc.assert(fc.property(
    fc.array(fc.string(), { minLength: 1, maxLength: 12 }),
    fc.nat(),
    fc.constantFrom(...edits),
    (messages, at, edit) => {
      const entries = chainOf(messages);
      const last = { ...entries.at(-1) ?? chainStart };
      edit(entries, at % entries.length);
      assert.notDeepEqual(breaksOf(entries, chainStart, last), []);
    },
  ));
});

Deno.test("history chain: goes on after a break, and says each one once", () => {
  const entries = chainOf(["1", "2", "3", "4", "5", "6"]);
  const [one, , three, four, , six] = entries;
  assert.ok(one && three && four && six);
  const edited = { ...four, message: "edited" };
  assert.deepEqual(breaksOf([one, three, edited, six], chainStart, six), [
    "History entry 2 is missing: what was recorded there is lost.",
    "History entry 4 was changed after it was written: its hash does not fit.",
    "History entry 5 is missing: what was recorded there is lost.",
  ]);
});
