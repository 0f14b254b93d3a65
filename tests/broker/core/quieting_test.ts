/** Quieting: how often a question may be put off before it is not put for a while. @module */
import assert from "node:assert/strict";
import {
  countPutOff,
  embargoMs,
  isEmbargoed,
  maxDismissals,
  maxIgnores,
  type PutOff,
} from "../../../broker/core/quieting.ts";
import type { Embargo } from "../../../broker/schema/embargo.ts";
import type { Quieting } from "../../../broker/schema/settings.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const none: Embargo = {
  v: 1,
  id: `emb_${"0".repeat(32)}`,
  appId: fakeId("app", 1),
  capability: "tcp-connect",
  target: "imap.example.com:993",
  dismissals: 0,
  ignores: 0,
  untilMs: null,
};

function count(
  kinds: readonly PutOff[],
  from = none,
  nowMs = 1000,
  quieting: Quieting = "usual",
): Embargo {
  return kinds.reduce((embargo, kind) => countPutOff(embargo, kind, nowMs, quieting), from);
}

const times = (n: number, kind: PutOff): PutOff[] => new Array(n).fill(kind);

const cases: [string, PutOff[], boolean][] = [
  ["two dismissals", times(2, "dismissal"), false],
  ["three dismissals", times(3, "dismissal"), true],
  ["three ignores", times(3, "ignore"), false],
  ["four ignores", times(4, "ignore"), true],
  ["two dismissals and three ignores", [...times(2, "dismissal"), ...times(3, "ignore")], false],
];
for (const [name, kinds, embargoed] of cases) {
  Deno.test(`${name}: ${embargoed ? "an embargo of seven days" : "no embargo"}`, () => {
    const { untilMs } = count(kinds);
    assert.equal(untilMs, embargoed ? 1000 + 7 * 24 * 60 * 60 * 1000 : null);
  });
}

Deno.test("the person's setting: sooner, or never", () => {
  assert.notEqual(count(["dismissal"], none, 1000, "sooner").untilMs, null);
  assert.equal(count(["ignore"], none, 1000, "sooner").untilMs, null);
  assert.notEqual(count(times(2, "ignore"), none, 1000, "sooner").untilMs, null);
  const many = [...times(50, "dismissal"), ...times(50, "ignore")];
  assert.equal(count(many, none, 1000, "never").untilMs, null);
});

Deno.test("an embargo holds until its time, and counts anew after it", () => {
  const embargo = count(times(maxDismissals, "dismissal"));
  assert.equal(isEmbargoed(embargo, 1000 + embargoMs - 1), true);
  assert.equal(isEmbargoed(embargo, 1000 + embargoMs), false);
  const after = count(["dismissal"], embargo, 1000 + embargoMs);
  assert.deepEqual(after, { ...none, dismissals: 1 });
  assert.equal(maxIgnores, 4);
});
