/** Scope, manifest, export and leaving over REST: every answer as described, and nothing about anybody else. @module */
import assert from "node:assert/strict";
import { registerApp } from "../../broker/actions/register_app.ts";
import { AppExport } from "../../broker/schema/app_export.ts";
import { LinkCaptureList, ManifestView } from "../../broker/schema/manifest.ts";
import { OwnScope } from "../../broker/schema/own_scope.ts";
import {
  appOrigin,
  associate,
  associationText,
  associationUrl,
  manifestId,
  manifestText,
  manifestUrl,
} from "../fakes/manifest_app.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

/** A broker with an installed app whose manifest was looked at. */
async function withApp(
  use: (twin: WebTwin, app: { id: string; token: string }) => Promise<void>,
): Promise<void> {
  const twin = await startWebTwin();
  try {
    const { broker } = twin;
    broker.resolver.addresses.set("mail.example.com", ["93.184.215.14"]);
    broker.resolver.addresses.set("mail.example.co.uk", ["93.184.215.15"]);
    broker.sites.files.set(manifestUrl, manifestText());
    broker.sites.files.set(associationUrl, associationText());
    const { app, token } = await registerApp(broker, {
      origin: appOrigin,
      name: "Mail",
      manifestUrl,
      manifestId,
      token: null,
    });
    await broker.clock.advance(0);
    await person(twin, "POST", `/apps/${app.id}/install`);
    await use(twin, { id: app.id, token: token ?? "" });
  } finally {
    await twin.stop();
  }
}

function person(twin: WebTwin, method: string, path: string): Promise<Response> {
  return twin.call(`/admin/v1${path}`, { method, token: adminToken });
}

async function scopeOf(twin: WebTwin, token: string, url: string, origin = appOrigin) {
  const path = `/api/v1/apps/me/scope?url=${encodeURIComponent(url)}`;
  const answer = await twin.call(path, { token, origin });
  assert.equal(answer.status, 200);
  return OwnScope.parse(await answer.json());
}

const places: [url: string, within: string, reason: string, vouchedBy: string | null][] = [
  [`${appOrigin}/app/x`, "scope", "within-scope", null],
  [`${appOrigin}/elsewhere`, "out-of-scope", "outside-scope", null],
  [`${associate}/mail/x?y`, "extended-scope", "within-extension", associate],
  [`${associate}/other`, "out-of-scope", "outside-extension", null],
  ["https://other.example/", "out-of-scope", "other-origin", null],
  ["data:text/plain,x", "out-of-scope", "other-origin", null],
];

Deno.test("where a URL lies: in scope, in extended scope with who vouches, or out of it and why", () =>
  withApp(async (twin, { token }) => {
    for (const [url, within, reason, vouchedBy] of places) {
      const answer = await scopeOf(twin, token, url);
      assert.deepEqual([answer.within, answer.reason, answer.vouchedBy], [
        within,
        reason,
        vouchedBy,
      ], url);
      assert.equal(answer.scope, `${appOrigin}/app/`);
      assert.equal(answer.manifestVerified, true);
    }
  }));

Deno.test("an app asks about itself only: who else is installed changes no answer", () =>
  withApp(async (twin, { id }) => {
    const origin = "https://spy.example";
    const { token } = await registerApp(twin.broker, { origin, name: "Spy", token: null });
    const ask = async () =>
      JSON.stringify(
        await Promise.all(places.map(([url]) => scopeOf(twin, token ?? "", url, origin))),
      );
    const before = await ask();
    await person(twin, "DELETE", `/apps/${id}`);
    assert.equal(await ask(), before);
  }));

Deno.test("a URL that is none, or is missing, is told with its field", () =>
  withApp(async (twin, { token }) => {
    for (const query of ["", "?url=nonsense", "?url=https://a.example/&url=https://b.example/"]) {
      const answer = await twin.call(`/api/v1/apps/me/scope${query}`, { token, origin: appOrigin });
      assert.equal(answer.status, 400, query);
      const problem = await answer.json();
      assert.equal(problem.type, "urn:gatehouse:problem:invalid-query");
      assert.equal(problem.errors[0].pointer, "/url");
    }
    assert.equal((await twin.call("/api/v1/apps/me/scope?url=https://a.example/")).status, 401);
  }));

Deno.test("revalidating on demand: the withdrawn origin is shown as such, and out of scope", () =>
  withApp(async (twin, { id, token }) => {
    const look = async (method: string, path: string) =>
      ManifestView.parse(await (await person(twin, method, `/apps/${id}/${path}`)).json()).manifest;
    assert.equal((await look("GET", "manifest"))?.extensions[0]?.state, "agreed");
    const captures = async () =>
      LinkCaptureList.parse(await (await person(twin, "GET", "/link-capture")).json()).captures;
    assert.deepEqual((await captures()).map(({ scope, agreedBy }) => [scope, agreedBy]), [
      [`${associate}/mail/`, associate],
      [`${appOrigin}/app/`, null],
    ]);
    twin.broker.sites.files.set(associationUrl, "{}");
    assert.equal((await look("POST", "revalidate"))?.extensions[0]?.state, "not-named");
    assert.equal((await look("GET", "manifest"))?.extensions[0]?.state, "not-named");
    assert.equal((await captures()).length, 1);
    assert.equal((await scopeOf(twin, token, `${associate}/mail/`)).reason, "extension-withdrawn");
    assert.equal(
      (await person(twin, "POST", `/apps/app_${"0".repeat(32)}/revalidate`)).status,
      404,
    );
  }));

Deno.test("an export holds everything but what could be used to be the app", () =>
  withApp(async (twin, { id, token }) => {
    await twin.call("/api/v1/permissions/request", {
      token,
      origin: appOrigin,
      json: { capability: "tcp-connect", target: "imap.example.com:993" },
    });
    const text = await (await person(twin, "GET", `/apps/${id}/export`)).text();
    const held = AppExport.parse(JSON.parse(text));
    assert.equal(held.app.id, id);
    assert.equal(held.manifest?.manifest?.id, manifestId);
    assert.deepEqual(held.requests.map(({ target }) => target), ["imap.example.com:993"]);
    assert.ok(held.history.some(({ kind }) => kind === "app-installed"));
    assert.ok(held.credentials.length === 1);
    assert.equal(text.includes(token), false);
    assert.equal(text.includes(twin.broker.secrets.hash(token)), false);
  }));

Deno.test("uninstalling takes manifest, icon and token along; the history stays", () =>
  withApp(async (twin, { id, token }) => {
    const { store } = twin.broker;
    await store.commit({
      puts: [{
        noun: "icon",
        id,
        record: { v: 1, id: id as `app_${string}`, png: "", digest: "0".repeat(64) },
      }],
    });
    assert.equal((await person(twin, "DELETE", `/apps/${id}`)).status, 200);
    for (const noun of ["app", "manifest", "icon"] as const) {
      assert.equal([...store.list(noun)].length, 0);
    }
    assert.equal((await person(twin, "GET", `/apps/${id}/export`)).status, 404);
    assert.equal((await twin.call("/api/v1/apps/me", { token, origin: appOrigin })).status, 401);
    const kinds = (await store.history({ limit: 50 })).map(({ kind }) => kind);
    assert.ok(kinds.includes("app-uninstalled") && kinds.includes("app-installed"));
    await twin.broker.clock.advance(48 * 60 * 60 * 1000);
    assert.equal([...store.list("manifest")].length, 0, "nobody looks for it any more");
  }));

Deno.test("icon and export are for the signed-in dashboard alone, as a picture and as a file", () =>
  withApp(async (twin, { id }) => {
    const png = new Uint8Array([1, 2, 3]).toBase64();
    await twin.broker.store.commit({
      puts: [{
        noun: "icon",
        id,
        record: { v: 1, id: id as `app_${string}`, png, digest: "0".repeat(64) },
      }],
    });
    for (const path of [`/apps/${id}/icon`, `/apps/${id}/export`]) {
      assert.equal((await twin.call(path)).status, 303);
      const { cookie } = await twin.signIn();
      const foreign = {
        cookie,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "no-cors",
        "sec-fetch-dest": "image",
      };
      assert.equal((await twin.call(path, { headers: foreign })).status, 403);
      const answer = await twin.call(path, { headers: { cookie } });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      if (path.endsWith("icon")) {
        assert.equal(answer.headers.get("content-type"), "image/png");
        assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array([1, 2, 3]));
      } else {
        assert.match(
          answer.headers.get("content-disposition") ?? "",
          /^attachment; filename="gatehouse-app_/,
        );
        assert.equal((await answer.json()).app.id, id);
      }
    }
  }));
