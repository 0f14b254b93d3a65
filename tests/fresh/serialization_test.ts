/**
 * What islands are given arrives as it was.
 * @module
 */
import assert from "node:assert/strict";
import { computed, signal } from "@preact/signals";
import fc from "fast-check";
import { h } from "preact";
import { decode } from "../../fresh/src/decode.ts";
import { encode } from "../../fresh/src/encode.ts";

function roundTrip<T>(value: T): T {
  const text = encode(value);
  assert.doesNotMatch(text, /[<>\u2028\u2029]/);
  return decode(JSON.parse(text)) as T;
}

Deno.test("anything plain survives", () => {
  const values = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withNullPrototype: false,
  });
  fc.assert(fc.property(values, (value) => assert.deepEqual(roundTrip(value), value)));
});

Deno.test("what JSON lacks survives", () => {
  const value = {
    url: new URL("https://example.com/?a=<b>"),
    regexp: /<\/script>/gi,
    bytes: new Uint8Array([0, 1, 255]).subarray(1),
    numbers: [-0, 0, NaN, Infinity, -Infinity],
    invalid: new Date(NaN),
    text: "</script><!--\u2028\u2029",
  };
  assert.deepEqual(roundTrip(value), value);
  const instant = Temporal.Instant.from("2026-01-02T03:04:05Z");
  assert.ok(roundTrip([instant])[0]?.equals(instant));
});

Deno.test("__proto__ is a name like any other", () => {
  const value = roundTrip(JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

Deno.test("shared and circular references stay the same thing", () => {
  const shared = signal({ n: 1 });
  const value: Record<string, unknown> = { a: shared, b: [shared], set: new Set() };
  value["self"] = value;
  (value["set"] as Set<unknown>).add(value);
  const read = roundTrip(value);
  assert.equal((read["b"] as unknown[])[0], read["a"]);
  assert.deepEqual((read["a"] as typeof shared).value, { n: 1 });
  assert.equal(read["self"], read);
  assert.ok((read["set"] as Set<unknown>).has(read));
});

Deno.test("a computed signal arrives with its value, and cannot be set", () => {
  const read = roundTrip(computed(() => 2 + 2));
  assert.equal(read.value, 4);
  assert.throws(() => (read as unknown as { value: number }).value = 5);
});

Deno.test("what cannot be sent is refused", () => {
  for (const value of [() => 1, Symbol("s"), new (class Own {})(), h("p", null), new Error("e")]) {
    assert.throws(() => encode({ value }), /An island cannot be given/);
  }
});
