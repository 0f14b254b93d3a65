/** The guard before buttons that grant. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  armGuard,
  clickGuard,
  guardLimitMs,
  guardMs,
  type GuardState,
  pressGuard,
} from "../../components/allow_guard.ts";

type Step = ["arm", number] | ["press" | "click" | "repeat" | "script", number];

/** Plays input against a guard that is armed at 0; answers which clicks passed. */
function play(steps: readonly Step[]): boolean[] {
  let state: GuardState = armGuard(0);
  const passed: boolean[] = [];
  for (const [kind, timeStamp] of steps) {
    if (kind === "arm") state = armGuard(timeStamp);
    else if (kind === "press") state = pressGuard(state, { timeStamp, isTrusted: true });
    else if (kind === "repeat") {
      state = pressGuard(state, { timeStamp, isTrusted: true, repeat: true });
    } else {
      const click = clickGuard(state, { timeStamp, isTrusted: kind === "click" });
      state = click.state;
      passed.push(click.passes);
    }
  }
  return passed;
}

const table: [name: string, steps: Step[], passed: boolean[]][] = [
  ["a press after the wait passes", [["press", 700], ["click", 760]], [true]],
  ["a press just before the wait is over does not", [["press", 699], ["click", 699.5]], [false]],
  [
    "a press that begins early and ends late does not pass",
    [["press", 650], ["click", 720]],
    [false],
  ],
  [
    "nor when it is held until the new wait is over",
    [["press", 650], ["click", 5_000]],
    [false],
  ],
  [
    "an early click starts the wait again",
    [["press", 600], ["click", 610], ["press", 900], ["click", 910], ["press", 1_700], [
      "click",
      1_710,
    ]],
    [false, false, true],
  ],
  ["moving starts the wait again", [["arm", 800], ["press", 1_000], ["click", 1_010]], [false]],
  ["after moving and waiting it passes", [["arm", 800], ["press", 1_500], ["click", 1_510]], [
    true,
  ]],
  ["a script's click never passes", [["script", 10_000], ["script", 20_000]], [false, false]],
  [
    "a script's click does not open the way for the next",
    [["script", 100], ["press", 701], ["click", 702]],
    [false, true],
  ],
  ["a held key does not pass", [["repeat", 1_000], ["click", 1_001]], [false]],
  [
    "a held key keeps the guard closed",
    [["press", 900], ["repeat", 1_400], ["repeat", 1_430], ["click", 1_440]],
    [false],
  ],
  ["assistive technology clicks without a press", [["click", 701]], [true]],
  ["but not early", [["click", 699]], [false]],
];

for (const [name, steps, passed] of table) {
  Deno.test(`guard: ${name}`, () => assert.deepEqual(play(steps), passed));
}

Deno.test("early presses hold the guard closed for the limit at most", () => {
  const drumming: Step[] = Array.from({ length: 100 }, (_, i) => ["press", 100 + i * 50]);
  const late = guardLimitMs + 200;
  assert.deepEqual(play([...drumming, ["press", late], ["click", late + 10]]), [true]);
});

Deno.test("whatever happens, nothing passes sooner than the wait after the card appeared or moved", () => {
  const step = fc.tuple(
    fc.constantFrom("arm" as const, "press" as const, "click" as const, "repeat" as const),
    fc.integer({ min: 0, max: 400 }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (gaps) => {
    let nowMs = 0;
    const steps = gaps.map(([kind, gapMs]): Step => [kind, nowMs += gapMs]);
    const clicks = steps.filter(([kind]) => kind === "click");
    play(steps).forEach((passes, i) => {
      if (!passes) return;
      const atMs = clicks[i]?.[1] ?? 0;
      const armedAtMs = Math.max(
        0,
        ...steps.slice(0, steps.indexOf(clicks[i] as Step))
          .filter(([kind]) => kind === "arm").map(([, ms]) => ms),
      );
      assert.ok(atMs - armedAtMs >= guardMs);
    });
  }));
});
