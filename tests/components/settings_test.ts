/** Settings in the browser: its cookie, its form, and what the organisation sets, item by item. @module */
import assert from "node:assert/strict";
import { noPolicy } from "../../broker/core/policy.ts";
import { settingsInForce } from "../../broker/core/settings_in_force.ts";
import { defaultSettings } from "../../broker/schema/settings.ts";
import {
  browserCookieLine,
  colourSchemes,
  readBrowserChoices,
} from "../../components/browser_choices.ts";
import { managedItems, type Managing } from "../../components/managed_items.ts";
import { readSettings } from "../../components/settings_change.ts";

Deno.test("a browser's choices come back from its cookie; what is not understood was never chosen", () => {
  for (const appearance of ["system", "light", "dark"] as const) {
    for (const shortcuts of [true, false]) {
      const [pair] = browserCookieLine({ appearance, shortcuts }).split(";");
      assert.deepEqual(readBrowserChoices(`a=1; ${pair}; b=2`), { appearance, shortcuts });
    }
  }
  const none = { appearance: "system", shortcuts: true };
  for (const cookies of [null, "", "gatehouse-browser", "gatehouse-browser=<script>.x", "x=dark"]) {
    assert.deepEqual(readBrowserChoices(cookies), none, String(cookies));
  }
  assert.deepEqual([colourSchemes("system"), colourSchemes("dark")], ["light dark", "dark"]);
});

Deno.test("the form of the settings: what is empty goes back, what is absent or unknown stays", () => {
  const written = (fields: Record<string, string>) => readSettings(new URLSearchParams(fields));
  assert.deepEqual(
    written({ cardDuration: "1-hour", quieting: "never", appearance: "dark", shortcuts: "on" }),
    {
      change: { cardDuration: "1-hour", quieting: "never" },
      browser: { appearance: "dark", shortcuts: true },
    },
  );
  assert.deepEqual(written({ cardDuration: "" }).change, { cardDuration: null });
  for (const cardDuration of ["always", "until", "toString"]) {
    assert.deepEqual(written({ cardDuration, quieting: "constructor" }).change, {});
  }
  assert.deepEqual(written({}).browser, { appearance: "system", shortcuts: false });
});

const unmanaged: Managing = {
  rules: [],
  askingForbidden: [],
  intranet: [],
  requireTls: false,
  limits: {},
  longestDurationMs: null,
  settings: settingsInForce(defaultSettings, noPolicy),
  forceInstalled: [],
  blocked: [],
};

Deno.test("managed items: enforced, default, not allowed, one line per key of the policy", () => {
  const rule = {
    id: "policy.rules[0]",
    apps: ["*"],
    capabilities: ["*" as const],
    targets: ["*"],
    except: [],
    reason: null,
  };
  const setting = <Value>(value: Value, locked: boolean) => ({
    value,
    own: null,
    organisation: { value, locked },
  });
  const table: [Partial<Managing>, ...string[]][] = [
    [{}],
    [{ requireTls: true }, "enforced requireTls"],
    [{ longestDurationMs: 28_800_000 }, "enforced durations.longest"],
    [{ askingForbidden: ["udp-multicast"] }, "notAllowed asking.udp-multicast"],
    [{ blocked: ["https://a.example"] }, "notAllowed apps.blocked"],
    [{ forceInstalled: ["https://a.example"] }, "enforced apps.forceInstalled"],
    [{ limits: { asksPerMinute: 3 } }, "enforced limits"],
    [{ intranet: ["corp.example"] }, "enforced intranet"],
    [
      { rules: [{ ...rule, effect: "allow" }, { ...rule, effect: "deny" }] },
      "notAllowed rules",
      "enforced rules",
    ],
    [
      {
        settings: { cardDuration: setting("1-hour", false), quieting: setting("sooner", true) },
      },
      "default settings.cardDuration",
      "enforced settings.quieting",
    ],
  ];
  for (const [part, ...expected] of table) {
    const items = managedItems({ ...unmanaged, ...part });
    assert.deepEqual(
      items.map(({ kind, key }) => `${kind} ${key.replace("permissionBroker.", "")}`),
      expected,
    );
    for (const { words } of items) assert.match(words, /^[A-Z1].*\.$/);
  }
});
