/** Names of apps: made plain, cut, and flagged when they name a host that is not the app's own. @module */
import assert from "node:assert/strict";
import { readAppName } from "../../../broker/core/app_name.ts";
import type { NameFlag } from "../../../broker/schema/manifest.ts";

const own = "https://mail.example.com";
const cases: [
  name: string,
  text: string,
  shown: string | null,
  flags: NameFlag[],
  origin?: string | null,
][] = [
  ["plain", "Mail", "Mail", []],
  [
    "emoji with its joiners",
    "Family \u{1F468}\u200d\u{1F469} \u2709\ufe0f",
    "Family \u{1F468}\u{1F469} \u2709",
    [],
  ],
  ["bidi", "\u202egpj.liam", "gpj.liam", ["unseen-characters"]],
  ["zero width", "pay\u200bpal", "paypal", ["unseen-characters"]],
  ["controls", "a\u0007b", "ab", ["unseen-characters"]],
  ["nothing seen", "\u200b\u2060", null, ["unseen-characters"]],
  ["10,000 characters", "x".repeat(10_000), `${"x".repeat(59)}…`, ["too-long"]],
  ["its own host", "mail.example.com", "mail.example.com", []],
  ["its own domain", "Example.com Mail", "Example.com Mail", []],
  ["another host", "Mail by google.com", "Mail by google.com", ["names-other-host"]],
  ["another host as a URL", "https://accounts.google.com/", "https://accounts.google.com/", [
    "names-other-host",
  ]],
  ["a look-alike full stop", "google\u3002com", "google\u3002com", ["names-other-host"]],
  ["a one dot leader", "google\u2024com", "google\u2024com", ["names-other-host"]],
  ["a host cut by what nobody sees", "goo\u200bgle.com", "google.com", [
    "unseen-characters",
    "names-other-host",
  ]],
  [
    "letters of another script",
    "\u0430\u0440\u0440\u04cf\u0435.com",
    "\u0430\u0440\u0440\u04cf\u0435.com",
    ["names-other-host"],
  ],
  [
    "a neighbour on a private registry",
    "bank.github.io",
    "bank.github.io",
    ["names-other-host"],
    "https://evil.github.io",
  ],
  ["an address", "192.168.1.1", "192.168.1.1", ["names-other-host"]],
  ["a version", "Mail 2.1.0", "Mail 2.1.0", []],
  ["no known suffix", "Node.js", "Node.js", []],
  ["a program names a host", "google.com", "google.com", ["names-other-host"], null],
];
for (const [name, text, shown, flags, origin = own] of cases) {
  Deno.test(`readAppName: ${name}`, () => {
    assert.deepEqual(readAppName(text, origin), { name: shown, flags });
  });
}
