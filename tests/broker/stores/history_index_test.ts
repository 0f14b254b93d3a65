/** The index of the history: what is dropped is not found, what comes twice is there once, and it is quick. @module */
import assert from "node:assert/strict";
import { chainStart, nextEntry } from "../../../broker/stores/history_chain.ts";
import { HistoryIndex } from "../../../broker/stores/history_index.ts";
import { sampleDraft } from "./sample_records.ts";

function filled(count: number): HistoryIndex {
  const index = new HistoryIndex();
  let last = chainStart;
  for (let n = 1; n <= count; n++) {
    const entry = nextEntry(last, sampleDraft(`entry ${n}`, n % 3));
    last = entry;
    index.add(entry);
    if (n % 5 === 0) index.add(entry);
  }
  return index;
}

Deno.test("finds newest first, below a number, up to a limit, each once", () => {
  const index = filled(20);
  assert.deepEqual(index.find({ limit: 3 }), [20, 19, 18]);
  assert.deepEqual(index.find({ limit: 3, beforeSeq: 4 }), [3, 2, 1]);
  assert.deepEqual(index.find({ limit: 3, beforeSeq: 1 }), []);
  assert.deepEqual(index.find({ limit: 9, words: ["entry", "7"] }), [17, 7]);
});

Deno.test("what was dropped is not found, however little or much it was", () => {
  const index = filled(20);
  for (const [through, left] of [[2, 18], [3, 17], [15, 5], [15, 5], [20, 0]] as const) {
    index.dropThrough(through);
    assert.equal(index.find({ limit: 99 }).length, left, `dropped through ${through}`);
    assert.equal(index.find({ limit: 99, beforeSeq: through + 1 }).length, 0);
  }
});
