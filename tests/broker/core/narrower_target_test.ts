/** When a grant's use suggests a narrower one, and which. @module */
import assert from "node:assert/strict";
import { narrowerTarget, tellingAgeMs, tellingUses } from "../../../broker/core/narrower_target.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const nowMs = 1_800_000_000_000;

/** What is suggested for an old grant that was used for these targets, five times each. */
function suggested(
  target: string,
  used: readonly string[],
  more: Partial<Grant> & { uses?: number; known?: number } = {},
): string | null {
  const { uses = tellingUses, known, ...facts } = more;
  const grant: Grant = {
    v: 1,
    id: fakeId("grant", 1),
    effect: "allow",
    appId: fakeId("app", 1),
    capability: "tcp-connect",
    target,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: nowMs - tellingAgeMs,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...facts,
  };
  const targets = used.map((text) => ({ target: text, count: uses }));
  const useCount = known ?? uses * used.length;
  return narrowerTarget(
    grant,
    { v: 1, id: grant.id, useCount, lastUsedAtMs: nowMs, bytes: 0, targets },
    nowMs,
  );
}

const api = "api.example.com:443";
const cases: readonly (readonly [string, string | null, string | null])[] = [
  ["one name of a wildcard", suggested("*.example.com:443", [api]), api],
  ["one port of all", suggested("api.example.com:*", [api]), api],
  ["one host of all", suggested("*:443", [api]), api],
  ["exactly what is allowed", suggested(api, [api]), null],
  [
    "names of one domain on one port",
    suggested("*:*", [api, "www.example.com:443"]),
    "*.example.com:443",
  ],
  ["as wide as allowed", suggested("*.example.com:443", [api, "www.example.com:443"]), null],
  ["names of two domains", suggested("*:*", [api, "www.example.org:443"]), null],
  ["two ports", suggested("*:*", [api, "www.example.com:80"]), null],
  ["two addresses", suggested("192.0.2.0/24:80", ["192.0.2.1:80", "192.0.2.2:80"]), null],
  ["one address of many", suggested("192.0.2.0/24:80", ["192.0.2.1:80"]), "192.0.2.1:80"],
  ["used too little", suggested("*:443", [api], { uses: tellingUses - 1 }), null],
  ["uses that nobody knows of", suggested("*:443", [api], { known: 99 }), null],
  ["too young", suggested("*:443", [api], { createdAtMs: nowMs - tellingAgeMs + 1 }), null],
  ["a denial", suggested("*:443", [api], { effect: "deny" }), null],
  ["for once", suggested("*:443", [api], { duration: { kind: "once" } }), null],
  ["a target that can't be read", suggested("::::", [api]), null],
  ["used for nothing", suggested("*:443", []), null],
];
for (const [name, actual, expected] of cases) {
  Deno.test(`narrower: ${name}: ${expected ?? "nothing"}`, () => assert.equal(actual, expected));
}
