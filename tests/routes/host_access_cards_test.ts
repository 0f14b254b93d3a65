/** Host access requests in the dashboard's API: what is shown when, and what the person's answers do. @module */
import assert from "node:assert/strict";
import { embargoMs } from "../../broker/core/quieting.ts";
import { maxShownPerApp } from "../../broker/actions/host_access_view.ts";
import { HostAccessList } from "../../broker/schema/admin_api.ts";
import type { HostAccessView } from "../../broker/schema/dashboard.ts";
import { SiteAccessView } from "../../broker/schema/site_access.ts";
import { installExtension, type TestExtension } from "../fakes/host_access_app.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

const page = "https://www.example.com/";

async function withTwin(run: (twin: WebTwin, app: TestExtension) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin, await installExtension(twin));
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

async function person(twin: WebTwin, method: string, path: string, json?: unknown) {
  const call = { method, token: adminToken, ...(json !== undefined && { json }) };
  const answer = await twin.call(`/admin/v1${path}`, call);
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
}

async function cards(twin: WebTwin): Promise<HostAccessView[]> {
  return HostAccessList.parse((await person(twin, "GET", "/host-access-requests")).json).requests;
}

/** The one card that is shown. */
async function onlyCard(twin: WebTwin): Promise<HostAccessView> {
  const [card, ...others] = await cards(twin);
  assert.ok(card);
  assert.deepEqual(others, []);
  return card;
}

function act(twin: WebTwin, { id, reviewToken }: HostAccessView, verb: "allow" | "dismiss") {
  return person(twin, "POST", `/host-access-requests/${id}/${verb}`, { reviewToken });
}

Deno.test("shown while its tab is in front and its page matches", async () => {
  await withTwin(async (twin, app) => {
    await app.tab(7, page, { active: false });
    assert.equal(await app.add({ tabId: 7, pattern: "*://*/cart*" }), null);
    assert.deepEqual(await cards(twin), []);
    await app.tab(7, `${page}cart?item=1`, { active: false });
    assert.deepEqual(await cards(twin), []);
    await app.tab(7, `${page}cart?item=1`);
    const card = await onlyCard(twin);
    assert.equal(card.site, "https://www.example.com");
    assert.equal(card.target, "https://www.example.com/*");
    assert.equal(card.registrableDomain, "example.com");
    assert.doesNotMatch(JSON.stringify(card), /item=1/, "the page itself is nobody's business");
    await app.tab(7, page);
    assert.deepEqual(await cards(twin), []);
    await app.tab(7, `${page}cart`);
    assert.equal((await cards(twin)).length, 1);
    await app.tab(7, "https://shop.example.com/cart");
    assert.deepEqual(await cards(twin), [], "gone with its site");
    await app.tab(7, `${page}cart`);
    assert.deepEqual(await cards(twin), [], "and it does not come back by itself");
  });
});

Deno.test("Allow grants the site for always, ends the request on every tab, and is told", async () => {
  await withTwin(async (twin, app) => {
    const { broker } = twin;
    for (const tabId of [7, 8]) {
      await app.tab(tabId, `${page}${tabId}`);
      assert.equal(await app.add({ tabId }), null);
    }
    const [card] = await cards(twin);
    assert.ok(card);
    const origins = ["https://www.example.com/*"];
    const contains = () => app.call("POST", "/permissions/contains", { origins });
    assert.deepEqual((await contains()).json, { contains: false });
    const allowed = await act(twin, card, "allow");
    assert.equal(allowed.status, 200);
    assert.deepEqual(allowed.json.duration, { kind: "always" });
    assert.equal(allowed.json.target, "https://www.example.com/*");
    assert.deepEqual(await cards(twin), []);
    assert.deepEqual((await contains()).json, { contains: true });
    assert.deepEqual((await app.call("GET", "/permissions")).json.origins, origins);
    await broker.clock.advance(1000);
    assert.equal(
      await app.add({ tabId: 7 }),
      "Extension cannot add a host access request for a host it already has access to.",
    );
    assert.equal((await act(twin, card, "allow")).status, 409, "answered already");
    assert.equal(broker.store.grantsOf(app.id).all.length, 1);

    await person(twin, "DELETE", `/grants/${allowed.json.id}`);
    assert.deepEqual((await contains()).json, { contains: false });
    assert.deepEqual(await cards(twin), [], "no request comes back by itself");
    assert.equal(await app.add({ tabId: 7 }), null);
    assert.equal((await cards(twin)).length, 1);
  });
});

Deno.test("policy's longest duration holds for a site, too", async () => {
  await withTwin(async (twin, app) => {
    twin.broker.policy.replace({ durations: { longestMs: 3_600_000 } });
    await app.tab(7, page);
    await app.add({ tabId: 7 });
    const { json } = await act(twin, await onlyCard(twin), "allow");
    assert.deepEqual(json.duration, { kind: "for", ms: 3_600_000 });
    assert.equal(json.expiresAtMs, twin.broker.clock.nowMs() + 3_600_000);
  });
});

Deno.test("an answer to something else than what was shown is refused", async () => {
  await withTwin(async (twin, app) => {
    await app.tab(7, page);
    await app.add({ tabId: 7 });
    const before = await onlyCard(twin);
    await app.add({ tabId: 7, pattern: "*://*/*" });
    assert.equal((await act(twin, before, "allow")).status, 409);
    await app.tab(7, "https://shop.example.com/");
    await app.add({ tabId: 7 });
    assert.equal(
      (await act(twin, before, "allow")).json.type,
      "urn:gatehouse:problem:stale-review",
    );
    assert.equal(twin.broker.store.grantsOf(app.id).all.length, 0);
    assert.equal((await person(twin, "POST", "/host-access-requests/7/allow", {})).status, 404);
  });
});

Deno.test("dismiss, silence and block are three states, and none of them is told", async () => {
  await withTwin(async (twin, app) => {
    const { broker } = twin;
    await app.tab(7, page);
    const ask = async () => {
      await broker.clock.advance(1000);
      const answer = await app.call("PUT", "/host-access-requests", { tabId: 7 });
      assert.deepEqual(answer.json, { valid: true, error: null });
    };
    const shown = async () => (await cards(twin)).length;

    await ask();
    assert.equal((await act(twin, await onlyCard(twin), "dismiss")).status, 204);
    await ask();
    assert.equal(await shown(), 0, "dismissed: on this tab, whatever is asked");
    await app.tab(8, page);
    assert.equal(await app.add({ tabId: 8 }), null);
    assert.equal(await shown(), 1, "but on another it is asked");
    await app.call("DELETE", "/contexts/8");
    await app.tab(7, "https://elsewhere.example/");
    await app.tab(7, page);
    await ask();
    assert.equal(await shown(), 1, "until it leaves its site");

    await person(twin, "PUT", `/apps/${app.id}/silence`, { untilMs: null });
    assert.equal(await shown(), 0);
    await ask();
    assert.equal(await shown(), 0, "silenced: this app, everywhere");
    await person(twin, "DELETE", `/apps/${app.id}/silence`);
    assert.equal(await shown(), 1, "the request waited, unseen");

    await person(twin, "POST", "/blocked-hosts", { host: "www.example.com" });
    assert.equal(await shown(), 0, "blocked: this host, for all apps");
    const other = await installExtension(twin, { letter: "b" });
    await other.tab(1, page);
    assert.equal(await other.add({ tabId: 1 }), null);
    assert.equal(await shown(), 0);
    await person(twin, "DELETE", "/blocked-hosts/www.example.com");
    assert.equal(await shown(), 2);
  });
});

Deno.test("a blocked site that was granted is error and no access at once, as Chrome has it", async () => {
  await withTwin(async (twin, app) => {
    await app.tab(7, page);
    await app.add({ tabId: 7 });
    await act(twin, await onlyCard(twin), "allow");
    await person(twin, "POST", "/blocked-hosts", { host: "www.example.com" });
    assert.equal(
      await app.add({ tabId: 7 }),
      "Extension cannot add a host access request for a host it already has access to.",
    );
    const origins = ["https://www.example.com/*"];
    assert.deepEqual((await app.call("POST", "/permissions/contains", { origins })).json, {
      contains: false,
    });
    assert.deepEqual((await app.call("GET", "/permissions")).json.origins, []);
  });
});

Deno.test("a silence that ends by the clock shows what waited", async () => {
  await withTwin(async (twin, app) => {
    const { broker } = twin;
    const untilMs = broker.clock.nowMs() + 60_000;
    await person(twin, "PUT", `/apps/${app.id}/silence`, { untilMs });
    await app.tab(7, page);
    await app.add({ tabId: 7 });
    let told = 0;
    const stop = broker.hostAccess.subscribe(() => told++);
    await broker.clock.advance(60_000);
    stop();
    assert.ok(told > 0, "the dashboard is told to look again");
    assert.equal((await cards(twin)).length, 1);
  });
});

Deno.test("three dismissals of a site, or four of its cards seen and left, and it is not asked for a week", async () => {
  for (const kind of ["dismissal", "ignore"] as const) {
    await withTwin(async (twin, app) => {
      const { broker } = twin;
      const times = kind === "dismissal" ? 3 : 4;
      for (let n = 0; n < times; n++) {
        await app.tab(7, page);
        assert.equal(await app.add({ tabId: 7 }), null);
        const card = await onlyCard(twin);
        if (kind === "dismissal") await act(twin, card, "dismiss");
        else {
          const seen = await person(twin, "POST", `/host-access-requests/${card.id}/seen`);
          assert.equal(seen.status, 204);
        }
        if (n % 2 === 0) await app.tab(7, "https://elsewhere.example/");
        else await app.call("DELETE", "/contexts/7");
        await broker.clock.advance(1000);
      }
      await app.tab(7, page);
      assert.equal(await app.add({ tabId: 7 }), null, "the app is not told");
      assert.deepEqual(await cards(twin), []);
      const { embargoes } = (await person(twin, "GET", `/apps/${app.id}`)).json;
      assert.equal(embargoes[0].target, "https://www.example.com/*");
      await broker.clock.advance(embargoMs);
      await app.tab(7, "https://elsewhere.example/");
      await app.tab(7, page);
      assert.equal(await app.add({ tabId: 7 }), null);
      assert.equal((await cards(twin)).length, 1);
    });
  }
});

Deno.test("what is left unseen is not counted, and one app has only so many cards", async () => {
  await withTwin(async (twin, app) => {
    for (let n = 0; n < 5; n++) {
      await app.tab(7, page);
      assert.equal(await app.add({ tabId: 7 }), null);
      await app.tab(7, "https://elsewhere.example/");
    }
    for (let tabId = 10; tabId < 12 + maxShownPerApp; tabId++) {
      await app.tab(tabId, page);
      assert.equal(await app.add({ tabId }), null);
    }
    assert.equal((await cards(twin)).length, maxShownPerApp);
  });
});

Deno.test("a page on this computer, or on a whole suffix, asks for a second step", async () => {
  await withTwin(async (twin) => {
    const app = await installExtension(twin, {
      letter: "b",
      hosts: { optional_host_permissions: ["<all_urls>"] },
    });
    await app.tab(1, "http://127.0.0.1:8080/x");
    await app.add({ tabId: 1 });
    const card = await onlyCard(twin);
    assert.deepEqual(card.broad, ["loopback"]);
    assert.equal(card.target, "http://127.0.0.1:8080/*");
    const { json } = await act(twin, card, "allow");
    assert.deepEqual(json.spaces, ["loopback"]);
  });
});

Deno.test("site access is set and told, by ordinary grants", async () => {
  await withTwin(async (twin, app) => {
    const { broker } = twin;
    const set = async (wish: unknown) =>
      SiteAccessView.parse((await person(twin, "PUT", `/apps/${app.id}/site-access`, wish)).json);
    assert.deepEqual(
      SiteAccessView.parse((await person(twin, "GET", `/apps/${app.id}/site-access`)).json),
      { mode: "on-click", sites: [], declared: ["https://*.example.com/*"] },
    );
    assert.equal((await set({ mode: "on-all-sites" })).mode, "on-all-sites");
    const sites = ["https://a.example.com/*", "https://b.example.com/*"];
    assert.deepEqual((await set({ mode: "on-sites", sites })).sites, sites);
    const targets = broker.store.grantsOf(app.id).all.map(({ target }) => target);
    assert.deepEqual(targets.toSorted(), sites);
    assert.deepEqual((await set({ mode: "on-click" })).sites, []);
    assert.equal(broker.store.grantsOf(app.id).all.length, 0);
    const bad = [
      { mode: "on-sites", sites: [] },
      { mode: "on-sites", sites: ["https://elsewhere.example/*"] },
      { mode: "on-sites", sites: Array(101).fill("https://a.example.com/*") },
      { mode: "always" },
    ];
    for (const wish of bad) {
      assert.equal((await person(twin, "PUT", `/apps/${app.id}/site-access`, wish)).status, 400);
    }
  });
});

Deno.test("many declared sites are granted, and taken back, in as many commits as it takes", async () => {
  await withTwin(async (twin) => {
    const host_permissions = Array.from({ length: 256 }, (_, n) => `https://h${n}.example/*`);
    const app = await installExtension(twin, { letter: "b", hosts: { host_permissions } });
    await person(twin, "PUT", `/apps/${app.id}/site-access`, { mode: "on-all-sites" });
    assert.equal(twin.broker.store.grantsOf(app.id).all.length, 256);
    await person(twin, "PUT", `/apps/${app.id}/site-access`, { mode: "on-click" });
    assert.equal(twin.broker.store.grantsOf(app.id).all.length, 0);
  });
});
