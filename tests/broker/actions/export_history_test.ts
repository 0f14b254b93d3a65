/** The history as a file: all that a query looks for, page by page, safe in a spreadsheet, whole as NDJSON. @module */
import assert from "node:assert/strict";
import { exportHistory } from "../../../broker/actions/export_history.ts";
import { historyDraft } from "../../../broker/actions/history_draft.ts";
import { HistoryEntry } from "../../../broker/schema/history.ts";
import { type HistoryFileKind, HistoryQuery } from "../../../broker/schema/list_query.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";

async function lines(
  broker: FakeBroker,
  kind: HistoryFileKind,
  query: Record<string, string> = {},
): Promise<string[]> {
  const parts = await Array.fromAsync(exportHistory(broker, HistoryQuery.parse(query), kind));
  return parts.join("").trimEnd().split(/\r?\n/);
}

async function filled(count: number): Promise<FakeBroker> {
  const broker = fakeBroker();
  const history = Array.from(
    { length: count },
    (_, n) =>
      historyDraft(broker, n % 2 === 0 ? "signed-in" : "mode-changed", "person", {
        message: `=cmd|${n}`,
      }),
  );
  for (let from = 0; from < count; from += 500) {
    await broker.store.commit({ history: history.slice(from, from + 500) });
  }
  return broker;
}

Deno.test("every entry is in the file once, newest first, whatever the page", async () => {
  const broker = await filled(1203);
  const entries = (await lines(broker, "ndjson", { limit: "10", beforeSeq: "50" }))
    .map((line) => HistoryEntry.parse(JSON.parse(line)));
  assert.deepEqual(entries.map(({ seq }) => seq), Array.from({ length: 1203 }, (_, n) => 1203 - n));
  const found = await lines(broker, "ndjson", { kind: "mode-changed" });
  assert.equal(found.length, 601);
});

Deno.test("as CSV it has names, and no formula", async () => {
  const [names, first, ...rest] = await lines(await filled(2), "csv");
  assert.equal(
    names,
    '"seq","time","kind","actor","app","appId","capability","target","message","detail"',
  );
  assert.match(first ?? "", /^2,"20\d\d-[^"]+Z","mode-changed","person",,,,,"'=cmd\|1","{}"$/);
  assert.equal(rest.length, 1);
});

Deno.test("an empty history is an empty file, but for the names", async () => {
  assert.deepEqual(await lines(fakeBroker(), "ndjson"), [""]);
  assert.equal((await lines(fakeBroker(), "csv")).length, 1);
});
