/** Paging by place: nothing twice, nothing left out, whatever comes and goes meanwhile. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Order, pageOf } from "../../../broker/core/list_page.ts";
import { Cursor } from "../../../broker/schema/list_query.ts";

interface Row {
  readonly id: string;
  readonly key: string | number;
}

const hex = (n: number) => `row_${n.toString(16).padStart(32, "0")}`;
const order = (descending: boolean): Order<Row> => ({
  keyOf: ({ key }) => key,
  idOf: ({ id }) => id,
  descending,
});

const numbers = fc.uniqueArray(fc.nat(200), { maxLength: 40 }).chain((ids) =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: ids.length, maxLength: ids.length })
    .map((keys) => ids.map((id, n): Row => ({ id: hex(id), key: keys[n] ?? 0 })))
);
const texts = fc.uniqueArray(fc.nat(200), { maxLength: 40 }).chain((ids) =>
  fc.array(fc.string({ maxLength: 6, unit: "binary" }), {
    minLength: ids.length,
    maxLength: ids.length,
  }).map((keys) => ids.map((id, n): Row => ({ id: hex(id), key: keys[n] ?? "" })))
);

/** All pages, one after the other; every cursor as a URL carries it. */
function turn(
  rows: readonly Row[],
  descending: boolean,
  limit: number,
  between: (rows: readonly Row[]) => readonly Row[] = (same) => same,
): Row[] {
  const all: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(rows, order(descending), { cursor, limit });
    all.push(...page.rows);
    cursor = page.next === null ? undefined : Cursor.parse(
      new URLSearchParams(new URLSearchParams({ c: page.next }).toString()).get("c"),
    );
    rows = between(rows);
  } while (cursor !== undefined);
  return all;
}

Deno.test("pages one after the other are the whole list in order", () => {
  fc.assert(fc.property(
    fc.oneof(numbers, texts.filter((rows) => rows.every(({ key }) => String(key).isWellFormed()))),
    fc.boolean(),
    fc.integer({ min: 1, max: 9 }),
    (rows, descending, limit) => {
      const whole = pageOf(rows, order(descending), { limit: 1000 }).rows;
      assert.equal(whole.length, rows.length);
      assert.deepEqual(turn(rows, descending, limit), whole);
    },
  ));
});

Deno.test("what goes while one turns pages hides no other row, and repeats none", () => {
  fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 5 }), (rows, limit) => {
    const goes = new Set(rows.filter((_, n) => n % 3 === 0).map(({ id }) => id));
    const seen = turn(rows, true, limit, (left) => left.filter(({ id }) => !goes.has(id)));
    const ids = new Set(seen.map(({ id }) => id));
    assert.equal(ids.size, seen.length);
    for (const { id } of rows) assert.ok(ids.has(id) || goes.has(id), id);
  }));
});

Deno.test("a cursor that none of our pages gave is refused", () => {
  for (const bad of ["", "x", "row_1~n1", `${hex(1)}~x`, `${hex(1)}~n1.5`, `${hex(1)}`]) {
    assert.equal(Cursor.safeParse(bad).success, false, bad);
  }
});
