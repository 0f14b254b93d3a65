/** Unused grants: when they are listed, and when they end. @module */
import assert from "node:assert/strict";
import {
  endsUnusedAfterMs,
  isUnused,
  unusedAfterMs,
  unusedEndMs,
} from "../../../broker/core/unused_grants.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { sampleGrant } from "../stores/sample_records.ts";

const dayMs = 24 * 60 * 60 * 1000;
const createdAtMs = 1000 * dayMs;

interface Case {
  name: string;
  grant?: Partial<Grant>;
  lastUsedDay?: number;
  open?: boolean;
  /** Days after its creation on which it is first listed, and on which it ends; null: never. */
  listed: number | null;
  ends: number | null;
}

const cases: Case[] = [
  { name: "never used", listed: 60, ends: 90 },
  { name: "used on day 10", lastUsedDay: 10, listed: 70, ends: 100 },
  { name: "in use", open: true, listed: null, ends: null },
  { name: "a denial", grant: { effect: "deny" }, listed: null, ends: null },
  {
    name: "for a time",
    grant: { duration: { kind: "for", ms: 80 * dayMs } },
    listed: 60,
    ends: null,
  },
];
for (const { name, grant, lastUsedDay, open = false, listed, ends } of cases) {
  Deno.test(`a grant ${name}: listed after ${listed}, ended after ${ends} days`, () => {
    const record = sampleGrant(1, 1, { createdAtMs, ...grant });
    const use = lastUsedDay === undefined ? undefined : {
      v: 1 as const,
      id: record.id,
      useCount: 1,
      lastUsedAtMs: createdAtMs + lastUsedDay * dayMs,
      bytes: 0,
    };
    const inUse = { grant: record, use, open };
    const at = (day: number) => createdAtMs + day * dayMs;
    if (listed === null) assert.equal(isUnused(inUse, at(1000)), false);
    else {
      assert.equal(isUnused(inUse, at(listed) - 1), false);
      assert.equal(isUnused(inUse, at(listed)), true);
    }
    assert.equal(unusedEndMs(inUse), ends === null ? null : at(ends));
  });
}

Deno.test("sixty and ninety days", () => {
  assert.deepEqual([unusedAfterMs / dayMs, endsUnusedAfterMs / dayMs], [60, 90]);
});
