/** Floods of requests: which apps get one card for all, and which requests may notify. @module */
import assert from "node:assert/strict";
import {
  type GroupedRequest,
  mayNotify,
  notifyIntervalMs,
  summariseRequests,
} from "../../../broker/core/request_groups.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

/** Requests of one app: the target of each, and when it was asked, in seconds. */
function requests(app: number, asked: readonly (readonly [string, number])[]): GroupedRequest[] {
  return asked.map(([target, second], n) => ({
    id: fakeId("req", app * 1000 + n),
    appId: fakeId("app", app),
    capability: "tcp-connect",
    target,
    createdAtMs: second * 1000,
  }));
}

const spread = (count: number, everySeconds: number) =>
  Array.from({ length: count }, (_, n) => [`host${n}.example:1`, n * everySeconds] as const);

const cases: [string, (readonly [string, number])[], boolean][] = [
  ["five targets at once", spread(5, 0), true],
  ["five targets within a minute", spread(5, 14.9), true],
  ["five targets in a minute and more", spread(5, 15), false],
  ["four targets at once", spread(4, 0), false],
  [
    "one target over two capabilities and again",
    spread(4, 0).concat([["host0.example:1", 1]]),
    false,
  ],
  ["five within a minute, after slow ones", [["slow.example:1", -500], ...spread(5, 1)], true],
];
for (const [name, asked, summarised] of cases) {
  Deno.test(`${name}: ${summarised ? "one summary" : "no summary"}`, () => {
    const all = requests(1, asked);
    const oldestFirst = all.map(({ id }) => id);
    assert.deepEqual(
      summariseRequests(all.toReversed()),
      summarised ? [{ appId: fakeId("app", 1), requestIds: oldestFirst }] : [],
    );
  });
}

Deno.test("a summary holds one app's requests; apps are never taken together", () => {
  const many = requests(1, spread(6, 0));
  const few = requests(2, spread(4, 0));
  const [summary, ...more] = summariseRequests([...few, ...many]);
  assert.deepEqual(summary?.requestIds, many.map(({ id }) => id));
  assert.deepEqual(more, []);
});

const now = 1_000_000;
const notifications: [string, boolean, (number | null)[], boolean][] = [
  ["a click, and nothing before", true, [], true],
  ["no click", false, [], false],
  ["a click, a minute after the last one", true, [null, now - notifyIntervalMs], true],
  ["a click, too soon after another", true, [now - notifyIntervalMs + 1, null], false],
];
for (const [name, userActivation, others, may] of notifications) {
  Deno.test(`${name}: ${may ? "may notify" : "waits quietly"}`, () => {
    assert.equal(mayNotify({ userActivation, nowMs: now }, others), may);
  });
}
