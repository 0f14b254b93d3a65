/** Site access: what an app's grants make of it, and what it takes to change that. @module */
import assert from "node:assert/strict";
import { appHosts } from "../../../broker/core/app_hosts.ts";
import { planSiteAccess, siteAccess } from "../../../broker/core/site_access.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { SiteAccessWish } from "../../../broker/schema/site_access.ts";
import { sampleGrant, sampleMs } from "../stores/sample_records.ts";

const nowMs = sampleMs + 1000;

function hosts(...host_permissions: string[]) {
  const empty = { optional_host_permissions: [], content_script_matches: [] };
  return appHosts({ host_permissions, ...empty }, undefined);
}

let n = 0;
function site(target: string, more: Partial<Grant> = {}): Grant {
  return sampleGrant(++n, 1, { capability: "host-access", target, ...more });
}

const shop = hosts("https://*.shop.example/app", "https://maps.example/*");
const none = hosts();

const modes: [name: string, declared: ReturnType<typeof hosts>, grants: Grant[], mode: string][] = [
  ["nothing granted", shop, [], "on-click"],
  ["one of its sites", shop, [site("https://www.shop.example/*")], "on-sites"],
  [
    "every declared site, whatever its path",
    shop,
    [site("https://*.shop.example/*"), site("https://maps.example/*")],
    "on-all-sites",
  ],
  ["one grant for all", shop, [site("<all_urls>")], "on-all-sites"],
  ["all but one", shop, [site("https://*.shop.example/*")], "on-sites"],
  ["a page of a declared site is not the site", shop, [
    site("https://*.shop.example/app"),
    site("https://maps.example/*"),
  ], "on-sites"],
  ["once does not last", shop, [site("<all_urls>", { duration: { kind: "once" } })], "on-click"],
  [
    "until the app closes does not last",
    shop,
    [site("<all_urls>", { duration: { kind: "until-app-closes" } })],
    "on-click",
  ],
  ["what has run out", shop, [site("<all_urls>", { expiresAtMs: nowMs })], "on-click"],
  ["a denial grants nothing", shop, [site("<all_urls>", { effect: "deny" })], "on-click"],
  ["sockets are no sites", shop, [sampleGrant(900, 1)], "on-click"],
  ["an app that declares nothing", none, [site("https://a.example/*")], "on-sites"],
  ["an app that declares nothing, any site", none, [site("*://*/*")], "on-all-sites"],
];

for (const [name, declared, grants, mode] of modes) {
  Deno.test(`${name}: ${mode}`, () => {
    assert.equal(siteAccess(declared, grants, nowMs).mode, mode);
  });
}

function plan(declared: ReturnType<typeof hosts>, grants: Grant[], wish: SiteAccessWish) {
  const made = planSiteAccess(declared, grants, wish, nowMs);
  return "detail" in made
    ? made.pointer
    : { revoke: made.revoke.map(({ target }) => target), allow: [...made.allow] };
}

Deno.test("on click takes back every allowance for sites, those for once included, and nothing else", () => {
  const grants = [
    site("https://a.example/*"),
    site("https://b.example/*", { duration: { kind: "once" } }),
    site("https://c.example/*", { effect: "deny" }),
    sampleGrant(901, 1),
  ];
  assert.deepEqual(plan(shop, grants, { mode: "on-click" }), {
    revoke: ["https://a.example/*", "https://b.example/*"],
    allow: [],
  });
});

Deno.test("on these sites ends with exactly those", () => {
  const grants = [site("<all_urls>"), site("https://maps.example/*")];
  const sites = ["https://WWW.shop.example/app/deep", "https://maps.example/*"];
  assert.deepEqual(plan(shop, grants, { mode: "on-sites", sites }), {
    revoke: ["<all_urls>"],
    allow: ["https://www.shop.example/*"],
  });
});

Deno.test("on all sites grants what is missing, and takes nothing back", () => {
  const grants = [site("https://maps.example/*"), site("https://other.example/*")];
  assert.deepEqual(plan(shop, grants, { mode: "on-all-sites" }), {
    revoke: [],
    allow: ["https://*.shop.example/*"],
  });
});

Deno.test("what a person can't mean is told, with its place", () => {
  const sites = (...sites: string[]) => plan(shop, [], { mode: "on-sites", sites });
  assert.equal(sites("https://maps.example/*", "maps.example"), "/sites/1");
  assert.equal(sites("https://elsewhere.example/*"), "/sites/0");
  assert.equal(plan(none, [], { mode: "on-all-sites" }), "/mode");
  assert.deepEqual(plan(none, [], { mode: "on-sites", sites: ["https://elsewhere.example/*"] }), {
    revoke: [],
    allow: ["https://elsewhere.example/*"],
  });
});

Deno.test("what an app says it declares and what its origin serves count together", () => {
  const empty = { host_permissions: [], optional_host_permissions: [], content_script_matches: [] };
  const claimed = { ...empty, host_permissions: ["https://a.example/x"] };
  const served = { ...empty, optional_host_permissions: ["https://b.example/*"] };
  const texts = (...given: Parameters<typeof appHosts>) => {
    const { all, required } = appHosts(...given);
    return [all.map(({ text }) => text), required.map(({ text }) => text)];
  };
  assert.deepEqual(texts(undefined, undefined), [[], []]);
  assert.deepEqual(texts(claimed, undefined), [["https://a.example/*"], ["https://a.example/*"]]);
  assert.deepEqual(texts(undefined, served), [["https://b.example/*"], []]);
  assert.deepEqual(texts(claimed, served), [
    ["https://a.example/*", "https://b.example/*"],
    ["https://a.example/*"],
  ]);
});
