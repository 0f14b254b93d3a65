/** Looking at manifests: what is kept, what is told, and what a withdrawn agreement does. @module */
import assert from "node:assert/strict";
import { encode } from "fast-png";
import { appView } from "../../../broker/actions/app_view.ts";
import { checkManifest, recheckMs, retryMs } from "../../../broker/actions/check_manifest.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { linkCaptures } from "../../../broker/actions/link_captures.ts";
import { SiteFault } from "../../../broker/actions/ports.ts";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { seeWishes } from "../../../broker/actions/see_wishes.ts";
import { ownScope } from "../../../broker/core/own_scope.ts";
import type { AppId } from "../../../broker/schema/ids.ts";
import type { AppManifest } from "../../../broker/schema/manifest.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";
import {
  appOrigin,
  appWithManifest,
  associate,
  associationText,
  associationUrl,
  manifestId,
  manifestText,
  manifestUrl,
} from "../../fakes/manifest_app.ts";

const { signal } = new AbortController();

async function check(broker: FakeBroker, appId: AppId): Promise<AppManifest> {
  const record = await checkManifest(broker, appId, signal);
  assert.ok(record);
  return record;
}

const kindsOf = async (broker: FakeBroker) =>
  (await broker.store.history({ limit: 50 })).map(({ kind }) => kind);

Deno.test("a manifest is read from the app's own origin, and its associate agrees", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const record = await check(broker, app.id);
  assert.equal(record.state, "verified");
  assert.equal(record.problem, null);
  assert.equal(record.manifest?.id, manifestId);
  assert.equal(record.nextCheckAtMs, record.checkedAtMs + recheckMs);
  assert.deepEqual(record.extensions, [{
    origin: associate,
    state: "agreed",
    scope: `${associate}/mail/`,
    capturesLinks: true,
    message: null,
    agreedSinceMs: broker.clock.nowMs(),
    lostAtMs: null,
  }]);
  assert.deepEqual(broker.sites.asked, [manifestUrl, associationUrl]);
});

Deno.test("what the page says and what the origin serves are kept apart", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  await check(broker, app.id);
  const view = appView(broker, app);
  assert.equal(view.claims.name, "Mail");
  assert.equal(view.manifest?.name, "Example Mail");
  assert.equal(view.manifest?.scope, `${appOrigin}/app/`);
});

Deno.test("withdrawn consent shrinks the extended scope at once, is told, and may be given again", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const within = (record: AppManifest) => ownScope(app, record, `${associate}/mail/x`);
  assert.equal(within(await check(broker, app.id)).within, "extended-scope");
  assert.equal(within(await check(broker, app.id)).vouchedBy, associate);

  await broker.clock.advance(1000);
  broker.sites.files.set(associationUrl, '{"https://other.example/":{}}');
  const lost = await check(broker, app.id);
  assert.equal(lost.state, "verified");
  assert.equal(lost.extensions[0]?.state, "not-named");
  assert.equal(lost.extensions[0]?.lostAtMs, broker.clock.nowMs());
  assert.equal(within(lost).within, "out-of-scope");
  assert.equal(within(lost).reason, "extension-withdrawn");
  assert.deepEqual(linkCaptures(broker).map(({ agreedBy }) => agreedBy), [null]);
  const [told] = await broker.store.history({ limit: 1 });
  assert.equal(told?.kind, "scope-changed");
  assert.match(
    told?.message ?? "",
    /is no longer part of Mail\. Its association file does not name/,
  );

  broker.sites.files.set(associationUrl, associationText());
  assert.equal(within(await check(broker, app.id)).within, "extended-scope");
  assert.equal((await check(broker, app.id)).extensions[0]?.lostAtMs, null);
});

const unusable: [
  name: string,
  file: string | SiteFault | { location: string } | null,
  state: string,
  message: RegExp,
][] = [
  ["missing", null, "unreadable", /could not be read\. The server answered 404/],
  [
    "unreachable",
    new SiteFault("unreachable", "It did not answer in time."),
    "unreadable",
    /did not answer in time/,
  ],
  [
    "redirected away",
    { location: "https://evil.example/" },
    "unreadable",
    /redirects to another origin/,
  ],
  ["not JSON", "<html>", "unreadable", /is of no use\. line 1, column 1/],
  ["too large", "x".repeat(1_000_001), "unreadable", /larger than 1000000 bytes/],
  [
    "the old list",
    '{"web_apps":[{"web_app_identity":"https://mail.example.com/app"}]}',
    "not-named",
    /old form.*no longer read/,
  ],
  [
    "for another id",
    '{"https://mail.example.com/":{}}',
    "not-named",
    /does not name https:\/\/mail\.example\.com\/app/,
  ],
  [
    "with a scope elsewhere",
    associationText({ scope: "https://evil.example/" }),
    "not-named",
    /scope of another origin/,
  ],
  [
    "with an endless scope",
    associationText({ scope: `/${"x".repeat(600)}` }),
    "not-named",
    /scope that is too long/,
  ],
];
for (const [name, file, state, message] of unusable) {
  Deno.test(`an association file that is ${name} extends nothing`, async () => {
    const broker = fakeBroker();
    const app = await appWithManifest(broker);
    if (file === null) broker.sites.files.delete(associationUrl);
    else broker.sites.files.set(associationUrl, file);
    const record = await check(broker, app.id);
    assert.equal(record.state, "verified");
    assert.equal(record.extensions[0]?.state, state);
    assert.match(record.extensions[0]?.message ?? "", message);
    assert.equal(ownScope(app, record, `${associate}/mail/x`).reason, "extension-not-agreed");
    const waitMs = state === "unreadable" ? retryMs : recheckMs;
    assert.equal(record.nextCheckAtMs, record.checkedAtMs + waitMs);
  });
}

const unverified: [
  name: string,
  file: string | SiteFault | { location: string } | null,
  state: string,
  problem: RegExp,
][] = [
  ["missing", null, "invalid", /answered 404/],
  [
    "unreachable",
    new SiteFault("unreachable", "It did not answer in time."),
    "unreachable",
    /in time/,
  ],
  ["redirected in a circle", { location: manifestUrl }, "invalid", /in a circle/],
  ["redirected away", { location: "https://evil.example/m.json" }, "invalid", /another origin/],
  ["not JSON", "{", "invalid", /It is no manifest\. Line: 1, column: 2/],
  ["a list", "[]", "invalid", /root element must be a valid JSON object/],
  ["huge", `{"name":"${"x".repeat(1024 * 1024)}"}`, "invalid", /larger than 1048576 bytes/],
  [
    "more than is kept",
    manifestText({
      host_permissions: Array.from(
        { length: 200 },
        (_, n) => `https://h${n}.example/${"p".repeat(35)}*`,
      ),
      optional_host_permissions: Array.from(
        { length: 200 },
        (_, n) => `https://h${n}.example/${"q".repeat(35)}*`,
      ),
      content_scripts: [{
        matches: Array.from({ length: 200 }, (_, n) => `https://h${n}.example/${"r".repeat(35)}*`),
      }],
    }),
    "invalid",
    /declares too much/,
  ],
];
for (const [name, file, state, problem] of unverified) {
  Deno.test(`a manifest that is ${name} leaves the app installable and unverified`, async () => {
    const broker = fakeBroker();
    const app = await appWithManifest(broker, {
      state: "pending-installation",
      installedAtMs: null,
    });
    if (file === null) broker.sites.files.delete(manifestUrl);
    else broker.sites.files.set(manifestUrl, file);
    const record = await check(broker, app.id);
    assert.equal(record.state, state);
    assert.match(record.problem ?? "", problem);
    assert.equal(record.manifest, null);
    assert.equal(record.verifiedAtMs, null);
    assert.deepEqual(await kindsOf(broker), []);
    assert.equal((await installApp(broker, app.id)).state, "installed");
    // Without a manifest, the scope is the app's own origin.
    assert.deepEqual(ownScope(app, record, `${appOrigin}/x`), {
      url: `${appOrigin}/x`,
      scope: `${appOrigin}/`,
      within: "scope",
      reason: "within-scope",
      message: "The URL is within the app's own scope.",
      vouchedBy: null,
      manifestVerified: false,
    });
  });
}

Deno.test("a manifest that cannot be reached any more keeps its last good form, not verified", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const { verifiedAtMs } = await check(broker, app.id);
  await broker.clock.advance(5000);
  broker.sites.files.set(manifestUrl, new SiteFault("unreachable", "It did not answer in time."));
  const record = await check(broker, app.id);
  assert.equal(record.state, "unreachable");
  assert.equal(record.verifiedAtMs, verifiedAtMs);
  assert.equal(record.manifest?.name, "Example Mail");
  // Whether the associate agrees is still asked of the associate itself.
  assert.equal(record.extensions[0]?.state, "agreed");
  assert.equal(record.nextCheckAtMs, record.checkedAtMs + retryMs);
});

Deno.test("the manifest of another id is told, and extends nothing", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker, { manifestId: `${appOrigin}/other` });
  const record = await check(broker, app.id);
  assert.equal(record.state, "other-id");
  assert.match(
    record.problem ?? "",
    /its id is https:\/\/mail\.example\.com\/other, its manifest says https:\/\/mail\.example\.com\/app/,
  );
  assert.deepEqual(record.extensions, []);
  // An id of another origin is no id: the start URL takes its place.
  broker.sites.files.set(manifestUrl, manifestText({ id: "https://evil.example/app" }));
  assert.match(
    (await check(broker, app.id)).problem ?? "",
    /its manifest says https:\/\/mail\.example\.com\/app\/\./,
  );
});

Deno.test("updates are told by member, and a new wish is shown anew until it was seen", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker, { state: "pending-installation", installedAtMs: null });
  await check(broker, app.id);
  await installApp(broker, app.id);
  const shown = () => {
    const record = broker.store.get("app", app.id)?.record;
    assert.ok(record);
    const { manifest } = appView(broker, record);
    assert.ok(manifest);
    return manifest;
  };
  assert.equal(shown().newWishCount, 0, "seen on the installation card");
  assert.equal(shown().wishCount, 1);

  broker.sites.files.set(
    manifestUrl,
    manifestText({
      name: "Example Mail 2",
      permission_requests: [{
        capability: "tcp-connect",
        targets: ["imap.example.com:993", "smtp.example.com:465"],
      }],
    }),
  );
  await check(broker, app.id);
  const [told] = await broker.store.history({ limit: 1 });
  assert.equal(told?.message, "The manifest of Mail has changed: name, declared wishes.");
  assert.equal(shown().newWishCount, 1);
  assert.deepEqual(shown().wishes.map(({ target, isNew }) => [target, isNew]), [
    ["smtp.example.com:465", true],
    ["imap.example.com:993", false],
  ]);

  await seeWishes(broker, app.id);
  assert.equal(shown().newWishCount, 0);
  assert.equal((await kindsOf(broker))[0], "wishes-seen");
  await check(broker, app.id);
  assert.equal(shown().newWishCount, 0, "seen is seen");
  const before = (await kindsOf(broker)).length;
  await seeWishes(broker, app.id);
  assert.equal((await kindsOf(broker)).length, before, "nothing new, nothing told");
});

Deno.test("neither a declared wish nor an extended scope permits anything", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  await check(broker, app.id);
  assert.equal(broker.store.grantsOf(app.id).all.length, 0);
  for (const target of ["imap.example.com:993", "mail.example.co.uk:8080"]) {
    const status = queryPermission(broker, app, { capability: "tcp-connect", target });
    assert.equal(status.effect, "ask", target);
  }
  const site = queryPermission(broker, app, {
    capability: "host-access",
    target: `${associate}/*`,
  });
  assert.equal(site.effect, "ask");
});

Deno.test("authorize is honoured: without intercept-links, an origin is in scope and its links are not taken", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const capturing = async (more: Record<string, unknown>) => {
    broker.sites.files.set(associationUrl, associationText(more));
    const record = await check(broker, app.id);
    assert.equal(record.extensions[0]?.state, "agreed");
    return linkCaptures(broker).map(({ scope }) => scope);
  };
  const own = `${appOrigin}/app/`;
  assert.deepEqual(await capturing({}), [`${associate}/mail/`, own]);
  assert.deepEqual(await capturing({ authorize: ["intercept-links"] }), [
    `${associate}/mail/`,
    own,
  ]);
  assert.deepEqual(await capturing({ authorize: [] }), [own]);
  assert.deepEqual(await capturing({ authorize: ["something-else"] }), [own]);
  assert.deepEqual(await capturing({ authorize: "intercept-links" }), [own]);
});

Deno.test("an icon is drawn anew, replaced, and gone when it is listed no more", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const square = (byte: number) =>
    encode({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(byte) });
  broker.sites.files.set(
    manifestUrl,
    manifestText({
      icons: [{ src: "/icon.svg", type: "image/svg+xml" }, { src: "/icon.png", sizes: "8x8" }],
    }),
  );
  broker.sites.files.set(`${appOrigin}/icon.png`, square(9));
  await check(broker, app.id);
  const first = appView(broker, app).icon;
  assert.match(first ?? "", /^\/apps\/app_[0-9a-f]{32}\/icon\?[0-9a-f]{16}$/);
  assert.equal(broker.sites.asked.includes(`${appOrigin}/icon.svg`), false);

  broker.sites.files.set(`${appOrigin}/icon.png`, square(200));
  await check(broker, app.id);
  assert.notEqual(appView(broker, app).icon, first, "another picture, another URL");

  broker.sites.files.set(`${appOrigin}/icon.png`, "<svg/>");
  const record = await check(broker, app.id);
  assert.equal(appView(broker, app).icon, null);
  assert.match(record.errors.at(-1) ?? "", /icon\.png is not shown\. It is not a PNG picture/);

  broker.sites.files.set(
    manifestUrl,
    manifestText({ icons: [{ src: "https://cdn.example/icon.png" }] }),
  );
  assert.match((await check(broker, app.id)).errors.at(-1) ?? "", /None is shown/);
});

Deno.test("a look that is under way is shared; one of an app that went keeps nothing", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const [one, other] = await Promise.all([check(broker, app.id), check(broker, app.id)]);
  assert.equal(one, other);
  assert.equal(broker.sites.asked.length, 2);
  const look = checkManifest(broker, app.id, signal);
  await broker.store.commit({
    removals: [{ noun: "app", id: app.id }, { noun: "manifest", id: app.id }],
  });
  assert.equal(await look, null);
  assert.equal(broker.store.get("manifest", app.id), undefined);
});

Deno.test("a page that names no manifest any more is held to the one that it named", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  await check(broker, app.id);
  const silent = { ...app, claims: { ...app.claims, manifestUrl: null } };
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: silent }] });
  broker.sites.files.delete(associationUrl);
  assert.equal((await check(broker, app.id)).extensions[0]?.state, "unreadable");
});

Deno.test("what is kept fits the store, however much is declared and wrong", async () => {
  const broker = fakeBroker();
  const app = await appWithManifest(broker);
  const origins = Array.from({ length: 10 }, (_, n) => `https://${`${n}`.repeat(60)}.example.com`);
  const wide = "\u{1f4ec}".repeat(35);
  broker.sites.files.set(
    manifestUrl,
    manifestText({
      scope_extensions: origins.map((origin) => ({ type: "origin", origin })),
      permission_requests: Array.from({ length: 24 }, (_, n) => ({
        capability: "tcp-connect",
        targets: [`${"a".repeat(50)}.h${n}.example.com:993`, `nonsense ${wide.repeat(20)}`],
        reason: wide,
      })),
      host_permissions: Array.from({ length: 30 }, (_, n) => `https://h${n}.example.com/${wide}*`),
    }),
  );
  for (const origin of origins) {
    const { hostname } = new URL(origin);
    broker.resolver.addresses.set(hostname, ["93.184.215.14"]);
    broker.sites.files.set(
      `${origin}/.well-known/web-app-origin-association`,
      new SiteFault("unreachable", wide.repeat(20)),
    );
  }
  const record = await check(broker, app.id);
  assert.equal(broker.store.get("manifest", app.id)?.record.checkedAtMs, record.checkedAtMs);
  const bytes = new TextEncoder().encode(JSON.stringify(record)).length;
  assert.equal(record.state, "verified");
  assert.ok(bytes > 25_000 && bytes < 65_536, `${bytes} bytes`);
});
