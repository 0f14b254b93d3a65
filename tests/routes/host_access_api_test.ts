/** Tabs and host access requests over the API: what an app may tell, what it learns, and what it can't. @module */
import assert from "node:assert/strict";
import { maxTabsInAll, maxTabsPerApp, tabKeptMs } from "../../broker/actions/report_tab.ts";
import { closingGraceMs } from "../../broker/actions/watch_app_closing.ts";
import { noTabs, reportTab } from "../../broker/core/host_access_requests.ts";
import { installExtension } from "../fakes/host_access_app.ts";
import { fakeId } from "../fakes/fake_secrets.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

async function withTwin(run: (twin: WebTwin) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin);
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

const page = "https://www.example.com/";

Deno.test("a call is answered at once with what is wrong, in Chrome's words", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    const app = await installExtension(twin);
    await app.tab(7, page, { documentId: "D7" });
    assert.equal(await app.add({}), "Must specify either 'documentId' or 'tabId'.");
    assert.equal(await app.add({ tabId: 8 }), "No tab with ID '8'.");
    assert.equal(await app.add({ tabId: -1 }), "No tab with ID '-1'.");
    assert.equal(await app.remove({ documentId: "X" }), "No document with ID 'X'.");
    assert.equal(
      await app.add({ tabId: 7, pattern: "www.example.com" }),
      "Extension cannot add a request with an invalid value for 'pattern'.",
    );
    assert.equal(await app.add({ documentId: "D7" }), null);
    assert.equal(
      await app.remove({ tabId: 7 }),
      "Extension cannot remove a host access request due to rate limiting.",
    );
    await broker.clock.advance(1000);
    assert.equal(await app.remove({ tabId: 7, pattern: null }), null);
    assert.equal(
      await app.remove({ tabId: 7 }),
      "Extension cannot remove a host access request that doesn't exist.",
    );
  });
});

Deno.test("an app that declares nothing can't ask", async () => {
  await withTwin(async (twin) => {
    const app = await installExtension(twin, { hosts: {} });
    await app.tab(7, page);
    assert.equal(
      await app.add({ tabId: 7 }),
      "Extension cannot add a host access request when it does not have any host permissions.",
    );
  });
});

Deno.test("declared patterns are read strictly, and kept in canonical form", async () => {
  await withTwin(async (twin) => {
    const origin = `chrome-extension://${"b".repeat(32)}`;
    const register = async (hosts: unknown) => {
      const answer = await twin.call("/api/v1/apps", { origin, json: { name: "X", hosts } });
      return { status: answer.status, body: await answer.json() };
    };
    const bad = await register({ optional_host_permissions: ["https://a.example/*", "a.example"] });
    assert.equal(bad.status, 400);
    assert.equal(bad.body.errors[0].pointer, "/hosts/optional_host_permissions/1");
    assert.match(bad.body.detail, /Missing scheme separator/);
    const many = Array.from({ length: 257 }, (_, n) => `https://h${n}.example/*`);
    assert.equal((await register({ host_permissions: many })).status, 400);
    const long = [`https://a.example/${"x".repeat(2000)}`];
    for (let n = 1; n < 5; n++) long.push(`https://${n}.example/${"x".repeat(2000)}`);
    const tooLong = await register({ content_script_matches: long });
    assert.equal(tooLong.body.errors[0].pointer, "/hosts/content_script_matches");
    const misspelt = await register({ hosts_permissions: [] });
    assert.match(misspelt.body.detail, /Did you mean "host_permissions"/);
    const good = await register({ host_permissions: ["https://EXAMPLE.com/x", "<all_urls>"] });
    assert.equal(good.status, 201);
    assert.deepEqual(
      twin.broker.store.get("app", good.body.app.id)?.record.claims.hosts?.host_permissions,
      ["https://example.com/x", "<all_urls>"],
    );
  });
});

Deno.test("bad input is told where it is, and changes nothing", async () => {
  await withTwin(async (twin) => {
    const app = await installExtension(twin);
    const bad: [method: string, path: string, json: unknown, status: number][] = [
      ["PUT", "/contexts/7", { url: "no url", active: true }, 400],
      ["PUT", "/contexts/7", { url: "", active: true }, 400],
      ["PUT", "/contexts/7", { url: `https://a.example/${"x".repeat(4096)}`, active: true }, 400],
      ["PUT", "/contexts/7", { url: page }, 400],
      ["PUT", "/contexts/7", { url: page, active: "yes" }, 400],
      ["PUT", "/contexts/7", { url: page, active: true, title: "Secret" }, 400],
      ["PUT", "/contexts/7", { url: page, active: true, documentId: "" }, 400],
      ["PUT", "/contexts/7", [], 400],
      ["PUT", "/contexts/-1", { url: page, active: true }, 404],
      ["PUT", "/contexts/1.5", { url: page, active: true }, 404],
      ["PUT", "/contexts/007", { url: page, active: true }, 404],
      ["PUT", "/contexts/9999999999999999", { url: page, active: true }, 404],
      ["PUT", "/contexts/1e9", { url: page, active: true }, 404],
      ["DELETE", "/contexts/seven", undefined, 404],
      ["PUT", "/host-access-requests", { tabId: 1.5 }, 400],
      ["PUT", "/host-access-requests", { tabId: 1e300 }, 400],
      ["PUT", "/host-access-requests", { tabId: "7" }, 400],
      ["PUT", "/host-access-requests", { tabId: 7, pattern: 5 }, 400],
      ["PUT", "/host-access-requests", { tabId: 7, pattern: "x".repeat(2049) }, 400],
      ["PUT", "/host-access-requests", { documentId: "x".repeat(129) }, 400],
      ["DELETE", "/host-access-requests", { tabID: 7 }, 400],
    ];
    for (const [method, path, json, status] of bad) {
      const answer = await app.call(method, path, json);
      assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(json)}`);
      assert.ok(answer.json.detail.length > 0);
    }
    assert.equal(twin.broker.hostAccess.size, 0);
  });
});

Deno.test("what no pattern looks at is not kept of a URL", async () => {
  await withTwin(async (twin) => {
    const app = await installExtension(twin);
    await app.tab(7, "https://me:secret@www.example.com/a?b#token=1");
    const state = twin.broker.hostAccess.get({ appId: app.id, credentialId: app.credentialId });
    assert.equal(state.get(7)?.url, "https://www.example.com/a?b");
  });
});

Deno.test("tabs are bounded, with a clear error, and closing one makes room", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    const app = await installExtension(twin);
    for (let n = 0; n < maxTabsPerApp; n++) await app.tab(n, page, { active: false });
    const body = { url: page, active: true };
    const full = await app.call("PUT", "/contexts/10000", body);
    assert.equal(full.status, 429);
    assert.match(full.json.detail, /at most 1000 tabs/);
    assert.equal((await app.call("PUT", "/contexts/7", body)).status, 204, "one it has told of");
    assert.equal((await app.call("DELETE", "/contexts/7")).status, 204);
    assert.equal((await app.call("PUT", "/contexts/10000", body)).status, 204);

    const [tab] = reportTab(
      noTabs,
      { tabId: 0, documentId: null, url: page, active: false },
      broker.clock.nowMs(),
    ).values();
    assert.ok(tab);
    const state = new Map(
      Array.from(
        { length: maxTabsInAll - maxTabsPerApp },
        (_, tabId) => [tabId, { ...tab, tabId }],
      ),
    );
    broker.hostAccess.set({ appId: fakeId("app", 900), credentialId: fakeId("cred", 900) }, state);
    const other = await installExtension(twin, { letter: "b" });
    const inAll = await other.call("PUT", "/contexts/1", body);
    assert.equal(inAll.status, 429);
    assert.doesNotMatch(inAll.text, /chrome-extension|app_/);
  });
});

Deno.test("a tab of another app, or of another browser, is as unknown as one that never was", async () => {
  await withTwin(async (twin) => {
    const mine = await installExtension(twin, { letter: "a" });
    const theirs = await installExtension(twin, { letter: "b" });
    const again = await installExtension(twin, { letter: "a" });
    assert.equal(again.id, mine.id);
    await theirs.tab(7, page, { documentId: "D7" });
    await again.tab(7, page, { documentId: "D7" });
    assert.equal(await theirs.add({ tabId: 7 }), null);
    const calls: [string, string, (id: number, document: string) => unknown][] = [
      ["PUT", "/host-access-requests", (tabId) => ({ tabId })],
      ["DELETE", "/host-access-requests", (tabId) => ({ tabId })],
      ["PUT", "/host-access-requests", (_, documentId) => ({ documentId })],
    ];
    for (const [method, path, body] of calls) {
      const known = await mine.call(method, path, body(7, "D7"));
      const unknown = await mine.call(method, path, body(8, "D8"));
      assert.equal(known.status, unknown.status);
      assert.equal(
        known.text.replaceAll("7", "N"),
        unknown.text.replaceAll("8", "N"),
        `${method} ${path}`,
      );
    }
    const closing = [
      await mine.call("DELETE", "/contexts/7"),
      await mine.call("DELETE", "/contexts/8"),
    ];
    assert.deepEqual(closing[0], closing[1]);
    const state = twin.broker.hostAccess.get({
      appId: theirs.id,
      credentialId: theirs.credentialId,
    });
    assert.notEqual(state.get(7)?.request, null, "theirs is as it was");
  });
});

Deno.test("the answer tells nothing of the page, the policy or the person", async () => {
  const answers = new Map<string, string>();
  const pages: [
    name: string,
    url: string,
    prepare?: (twin: WebTwin, id: string) => Promise<unknown>,
  ][] = [
    ["declared", page],
    ["undeclared", "https://elsewhere.example/"],
    ["of the browser", "chrome://settings/"],
    ["on disk", "file:///home/me/letter.txt"],
    ["blank", "about:blank"],
    [
      "blocked by the person",
      page,
      (twin) =>
        twin.call("/admin/v1/blocked-hosts", {
          token: adminToken,
          json: { host: "www.example.com" },
        }),
    ],
    ["of a silenced app", page, (twin, id) =>
      twin.call(`/admin/v1/apps/${id}/silence`, {
        method: "PUT",
        token: adminToken,
        json: { untilMs: null },
      })],
    ["denied by policy", page, (twin) => {
      const rule = {
        id: "policy.rules[0]",
        effect: "deny",
        apps: ["*"],
        capabilities: ["host-access"],
        targets: ["https://www.example.com/*"],
        except: [],
        reason: null,
      } as const;
      twin.broker.policy.replace({ rules: [rule] });
      return Promise.resolve();
    }],
    [
      "while quiet",
      page,
      (twin) =>
        twin.call("/admin/v1/settings", {
          method: "PUT",
          token: adminToken,
          json: { mode: "quiet" },
        }),
    ],
    ["of a paused app", page, (twin, id) =>
      twin.call(`/admin/v1/apps/${id}/pause`, {
        method: "PUT",
        token: adminToken,
        json: { paused: true },
      })],
  ];
  for (const [name, url, prepare] of pages) {
    await withTwin(async (twin) => {
      const app = await installExtension(twin);
      await prepare?.(twin, app.id);
      const told = await app.call("PUT", "/contexts/7", { url, active: true });
      const asked = await app.call("PUT", "/host-access-requests", { tabId: 7 });
      answers.set(name, `${told.status} ${told.text} ${asked.status} ${asked.text}`);
    });
  }
  const [first] = answers.values();
  assert.match(first ?? "", /"valid":true/);
  for (const [name, answer] of answers) assert.equal(answer, first, name);
});

Deno.test("nothing is stored: another process on the same records knows of no tab", async () => {
  await withTwin(async (twin) => {
    const app = await installExtension(twin);
    const before = JSON.stringify(twin.broker.store.list("request"));
    const entries = (await twin.broker.store.history({ limit: 100 })).length;
    await app.tab(7, page);
    assert.equal(await app.add({ tabId: 7 }), null);
    assert.equal(JSON.stringify(twin.broker.store.list("request")), before);
    assert.equal((await twin.broker.store.history({ limit: 100 })).length, entries);
    assert.equal(twin.broker.hostAccess.size, 1, "memory alone holds it");
  });
});

Deno.test("a browser that starts anew, a pause and an uninstallation take requests along", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    const app = await installExtension(twin);
    const holder = { appId: app.id, credentialId: app.credentialId };
    const ask = async () => {
      await app.tab(7, page);
      assert.equal(await app.add({ tabId: 7 }), null);
      assert.notEqual(broker.hostAccess.get(holder).get(7)?.request, null);
    };
    const pause = (paused: boolean) =>
      twin.call(`/admin/v1/apps/${app.id}/pause`, {
        method: "PUT",
        token: adminToken,
        json: { paused },
      });
    await ask();
    assert.equal((await app.call("DELETE", "/contexts")).status, 204);
    assert.equal(broker.hostAccess.size, 0);
    await ask();
    await pause(true);
    assert.equal(broker.hostAccess.get(holder).get(7)?.request, null);
    await pause(false);
    assert.equal(broker.hostAccess.get(holder).get(7)?.request, null, "none comes back by itself");
    await broker.clock.advance(1000);
    await ask();
    await twin.call(`/admin/v1/apps/${app.id}`, { method: "DELETE", token: adminToken });
    assert.equal(broker.hostAccess.size, 0);
  });
});

Deno.test("tabs are forgotten after a day without a word; a page takes its own along when it closes", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    const app = await installExtension(twin);
    await app.tab(7, page);
    const contextId = fakeId("ctx", 1);
    broker.contexts.add(app.id, contextId);
    broker.contexts.remove(app.id, contextId);
    await broker.clock.advance(closingGraceMs);
    assert.equal(broker.hostAccess.size, 1, "an extension's worker sleeps while its tabs are open");
    await broker.clock.advance(tabKeptMs + 60 * 60 * 1000);
    assert.equal(broker.hostAccess.size, 0);

    const origin = "https://reader.example";
    const registered = await twin.call("/api/v1/apps", { origin, json: { name: "Reader" } });
    const { app: web, token } = await registered.json();
    await twin.call(`/admin/v1/apps/${web.id}/install`, { method: "POST", token: adminToken });
    const json = { url: page, active: true };
    const told = await twin.call("/api/v1/contexts/1", { method: "PUT", origin, token, json });
    assert.equal(told.status, 204);
    broker.contexts.add(web.id, contextId);
    broker.contexts.remove(web.id, contextId);
    await broker.clock.advance(closingGraceMs - 1);
    assert.equal(broker.hostAccess.size, 1);
    await broker.clock.advance(1);
    assert.equal(broker.hostAccess.size, 0);
  });
});

Deno.test("an app that nobody has installed tells and asks nothing", async () => {
  await withTwin(async (twin) => {
    const origin = `chrome-extension://${"c".repeat(32)}`;
    const registered = await twin.call("/api/v1/apps", { origin, json: { name: "New" } });
    const { token } = await registered.json();
    const json = { url: page, active: true };
    for (const path of ["/api/v1/contexts/1", "/api/v1/host-access-requests"]) {
      const body = path.endsWith("1") ? json : { tabId: 1 };
      const answer = await twin.call(path, { method: "PUT", origin, token, json: body });
      assert.equal(answer.status, 403, path);
    }
    const framed = { ...json, frame: { ancestors: ["https://other.example"] } };
    const app = await installExtension(twin);
    assert.equal((await app.call("PUT", "/contexts/1", framed)).status, 403);
  });
});
