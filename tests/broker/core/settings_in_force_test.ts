/** Which settings hold: the organisation's, the person's, or the built-in ones. @module */
import assert from "node:assert/strict";
import { noPolicy, type Policy } from "../../../broker/core/policy.ts";
import { readPolicy } from "../../../broker/core/read_policy.ts";
import { settingsInForce } from "../../../broker/core/settings_in_force.ts";
import { defaultSettings, type Settings } from "../../../broker/schema/settings.ts";

function policyOf(policy: Record<string, unknown>): Policy {
  return readPolicy(JSON.stringify({ permissionBroker: policy }), () => "1").policy;
}

const own: Settings = { ...defaultSettings, cardDuration: "once", quieting: "never" };
const asDefault = policyOf({ settings: { cardDuration: { value: "1-hour" } } });
const locked = policyOf({
  settings: {
    cardDuration: { value: "1-hour", locked: true },
    quieting: { value: "sooner", locked: true },
  },
});

Deno.test("settings in force, one line per case", () => {
  const table: [string, Settings, Policy, duration: string, quieting: string][] = [
    ["nobody says anything", defaultSettings, noPolicy, "until-app-closes", "usual"],
    ["the person's", own, noPolicy, "once", "never"],
    ["the organisation's default", defaultSettings, asDefault, "1-hour", "usual"],
    ["the person's before a default", own, asDefault, "once", "never"],
    ["what is locked before the person's", own, locked, "1-hour", "sooner"],
    [
      "no longer than policy lets an Allow hold",
      { ...own, cardDuration: "1-day" },
      policyOf({ durations: { longest: "8h" } }),
      "until-app-closes",
      "never",
    ],
    [
      "as long as policy lets it",
      { ...own, cardDuration: "1-hour" },
      policyOf({ durations: { longest: "60m" } }),
      "1-hour",
      "never",
    ],
  ];
  for (const [name, settings, policy, duration, quieting] of table) {
    const view = settingsInForce(settings, policy);
    assert.deepEqual([view.cardDuration.value, view.quieting.value], [duration, quieting], name);
  }
});

Deno.test("the person's choice is kept and shown while the organisation's holds", () => {
  const { cardDuration } = settingsInForce(own, locked);
  assert.deepEqual(cardDuration, {
    value: "1-hour",
    own: "once",
    organisation: { value: "1-hour", locked: true },
  });
});
