/** The library for extensions over a browser of fakes: which tabs are told of, what stands on the button, what a sleep loses. @module */
import assert from "node:assert/strict";
import { allowHostAccess } from "../../../broker/actions/allow_host_access.ts";
import { hostAccessViews } from "../../../broker/actions/host_access_view.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import type { BrowserApi, BrowserTab } from "../../../broker/sdk/extension/browser_api.ts";
import { declaredHosts, declaresPage } from "../../../broker/sdk/extension/declared_hosts.ts";
import { type ExtensionGatehouse, startExtension } from "../../../broker/sdk/extension/mod.ts";
import { startTestBroker, type TestBroker } from "../../fakes/test_broker.ts";

const page = "https://www.example.com/cart";
const extensionOrigin = `chrome-extension://${"a".repeat(32)}`;

class Listeners<Arguments extends unknown[]> {
  readonly all: ((...given: Arguments) => void)[] = [];
  addListener(listener: (...given: Arguments) => void): void {
    this.all.push(listener);
  }
  fire(...given: Arguments): void {
    for (const listener of this.all) listener(...given);
  }
}

class FakeStorage {
  readonly values = new Map<string, unknown>();
  get(key: string): Promise<Record<string, unknown>> {
    return Promise.resolve(this.values.has(key) ? { [key]: this.values.get(key) } : {});
  }
  set(values: Record<string, unknown>): Promise<void> {
    for (const [key, value] of Object.entries(values)) {
      this.values.set(key, structuredClone(value));
    }
    return Promise.resolve();
  }
}

/** What a browser keeps while an extension's worker comes and goes. */
class FakeBrowser {
  readonly local = new FakeStorage();
  session = new FakeStorage();
  readonly tabs = new Map<number, BrowserTab & { documentId?: string }>();
  readonly badges: string[] = [];
  readonly windows: string[] = [];
  activated = new Listeners<[{ tabId: number; windowId: number }]>();
  updated = new Listeners<[tabId: number, change: { url?: string; status?: string }]>();
  removed = new Listeners<[tabId: number]>();
  replaced = new Listeners<[added: number, removed: number]>();
  startup = new Listeners<[]>();

  /** The API as a worker that has just woken finds it. */
  wake(): BrowserApi {
    for (const name of ["activated", "updated", "removed", "replaced", "startup"] as const) {
      this[name].all.length = 0;
    }
    return {
      runtime: {
        getManifest: () => ({ name: "Shopping", host_permissions: ["https://*.example.com/*"] }),
        getPlatformInfo: () => Promise.resolve({}),
        onStartup: this.startup,
      },
      storage: { local: this.local, session: this.session },
      tabs: {
        get: (id) => {
          const tab = this.tabs.get(id);
          return tab ? Promise.resolve(tab) : Promise.reject(new Error(`No tab with id: ${id}.`));
        },
        query: () => Promise.resolve([...this.tabs.values()]),
        onActivated: this.activated,
        onUpdated: this.updated,
        onRemoved: this.removed,
        onReplaced: this.replaced,
      },
      webNavigation: {
        getFrame: ({ tabId }) => {
          const documentId = this.tabs.get(tabId)?.documentId;
          return Promise.resolve(documentId === undefined ? null : { documentId });
        },
      },
      action: {
        setBadgeText: ({ tabId, text }) => {
          this.badges.push(`${tabId}:${text}`);
          return Promise.resolve();
        },
      },
      windows: {
        create: ({ url }) => {
          this.windows.push(url);
          return Promise.resolve({});
        },
      },
    };
  }

  /** Puts a tab, and tells who listens what changed. */
  show(id: number, url: string, { active = true, documentId = `D${id}` } = {}): void {
    this.tabs.set(id, { id, windowId: 1, active, url, documentId });
    this.updated.fire(id, { url });
  }
}

interface Parts {
  broker: TestBroker;
  browser: FakeBrowser;
  /** Starts the worker, as the browser does for its first event. */
  wake(): ExtensionGatehouse;
}

async function withExtension(run: (parts: Parts) => Promise<void>): Promise<void> {
  const broker = await startTestBroker();
  const browser = new FakeBrowser();
  const woken: ExtensionGatehouse[] = [];
  // Outside a browser nothing sends an `Origin`.
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (String(input).startsWith(broker.url)) headers.set("origin", extensionOrigin);
    return realFetch(input, { ...init, headers });
  };
  const parts: Parts = {
    broker,
    browser,
    wake() {
      const extension = startExtension({ broker: broker.url }, browser.wake());
      woken.push(extension);
      return extension;
    },
  };
  try {
    const installing = installFirst(broker);
    const first = parts.wake();
    await Promise.all([first.connected(), installing]);
    (await first.connected()).close();
    woken.length = 0;
    await run(parts);
    assert.deepEqual(broker.log.errors, []);
  } finally {
    for (const one of woken) (await one.connected()).close();
    globalThis.fetch = realFetch;
    await broker.stop();
  }
}

/** Installs the first app that registers. */
function installFirst({ broker }: TestBroker): Promise<void> {
  const installed = Promise.withResolvers<void>();
  const stop = broker.store.subscribe(({ puts }) => {
    const [put] = puts.filter(({ noun }) => noun === "app");
    if (!put) return;
    stop();
    installApp(broker, put.id as never).then(() => installed.resolve(), installed.reject);
  });
  return installed.promise;
}

/** Resolves once the broker holds these tabs: `id url active`. */
async function holds({ broker }: TestBroker, ...wanted: string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      const found = [...broker.hostAccess.list()].flatMap(({ state }) =>
        [...state.values()].map(({ tabId, url, active }) => `${tabId} ${url} ${active}`)
      );
      if (found.join() !== wanted.join()) return;
      stop();
      resolve();
    };
    const stop = broker.hostAccess.subscribe(look);
    look();
  });
}

Deno.test("only tabs that are asked about are told of, until they leave their site", async () => {
  await withExtension(async ({ broker, browser, wake }) => {
    const { permissions } = wake();
    browser.show(7, page, { active: false });
    browser.show(8, "https://private.example/");
    assert.equal(await permissions.addHostAccessRequest({ tabId: 7 }), true);
    await holds(broker, `7 ${page} false`);
    browser.show(8, "https://private.example/more");
    browser.show(7, page);
    browser.activated.fire({ tabId: 7, windowId: 1 });
    await holds(broker, `7 ${page} true`);
    browser.show(7, "https://www.example.com/next");
    await holds(broker, "7 https://www.example.com/next true");
    assert.deepEqual([...new Set(browser.badges)], ["7:?"]);
    browser.show(7, "https://private.example/");
    await holds(broker);
    assert.equal(browser.badges.at(-1), "7:");
  });
});

Deno.test("a document's tab is found; a closed or replaced tab is forgotten; a new browser has none", async () => {
  await withExtension(async ({ broker, browser, wake }) => {
    const { permissions } = wake();
    browser.show(7, page);
    browser.show(8, page);
    browser.show(9, page);
    for (const documentId of ["D7", "D8", "D9"]) {
      assert.equal(await permissions.addHostAccessRequest({ documentId }), true);
    }
    browser.tabs.delete(7);
    browser.removed.fire(7);
    await holds(broker, `8 ${page} true`, `9 ${page} true`);
    browser.replaced.fire(10, 8);
    await holds(broker, `9 ${page} true`);
    browser.startup.fire();
    await holds(broker);
  });
});

Deno.test("what the browser does not know is told by the broker, in Chrome's words", async () => {
  await withExtension(async ({ browser, wake }) => {
    const { permissions } = wake();
    const told: (string | null)[] = [];
    const callback = (_valid: boolean, error: string | null) => void told.push(error);
    assert.equal(await permissions.addHostAccessRequest({ tabId: 99 }, callback), false);
    assert.equal(await permissions.addHostAccessRequest({ documentId: "none" }, callback), false);
    assert.equal(await permissions.removeHostAccessRequest({}, callback), false);
    assert.deepEqual(told, [
      "No tab with ID '99'.",
      "No document with ID 'none'.",
      "Must specify either 'documentId' or 'tabId'.",
    ]);
    browser.tabs.set(5, { id: 5, windowId: 1, active: true });
    await assert.rejects(permissions.addHostAccessRequest({ tabId: 5 }), /permission "tabs"/);
  });
});

Deno.test("an undeclared page is a valid call, and no badge", async () => {
  await withExtension(async ({ browser, wake }) => {
    const { permissions } = wake();
    browser.show(7, "https://elsewhere.example/");
    assert.equal(await permissions.addHostAccessRequest({ tabId: 7 }), true);
    assert.deepEqual(browser.badges, []);
  });
});

Deno.test("what was granted and taken back while the worker slept is told when it wakes", async () => {
  await withExtension(async ({ broker, browser, wake }) => {
    const first = wake();
    const heard = Promise.withResolvers<string>();
    first.permissions.onAdded.addListener(({ origins }) => heard.resolve(origins.join()));
    browser.show(7, page);
    await first.permissions.addHostAccessRequest({ tabId: 7 });
    const allow = async () => {
      const [card] = hostAccessViews(broker.broker);
      assert.ok(card);
      return await allowHostAccess(broker.broker, card.id, card.reviewToken);
    };
    const grant = await allow();
    assert.equal(await heard.promise, "https://www.example.com/*");
    assert.deepEqual(await first.permissions.getAll(), {
      permissions: [],
      origins: ["https://www.example.com/*"],
    });
    (await first.connected()).close();

    await revokeGrants(broker.broker, [grant.id]);
    const second = wake();
    const gone = Promise.withResolvers<string>();
    second.permissions.onAdded.addListener(() => gone.reject(new Error("Nothing was added.")));
    second.permissions.onRemoved.addListener(({ origins }) => gone.resolve(origins.join()));
    assert.equal(await gone.promise, "https://www.example.com/*");
    assert.equal(
      await second.permissions.contains({ origins: ["https://www.example.com/*"] }),
      false,
    );
  });
});

Deno.test("the dashboard opens in a window of its own, so that the tab stays in front", async () => {
  await withExtension(async ({ broker, browser, wake }) => {
    await wake().openDashboard();
    assert.deepEqual(browser.windows, [`${broker.url}/prompt`]);
  });
});

Deno.test("a broker that starts later is found by the next call", async () => {
  const browser = new FakeBrowser();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const { permissions } = startExtension({ broker: `http://127.0.0.1:${port}` }, browser.wake());
  permissions.onAdded.addListener(() => {});
  for (let n = 0; n < 2; n++) {
    await assert.rejects(permissions.getAll(), { name: "NetworkError" });
  }
});

Deno.test("what a manifest declares is taken as the broker takes it", () => {
  const hosts = declaredHosts({
    name: "Shopping",
    host_permissions: ["https://a.example/x", "chrome://favicon/*", "<all_urls>"],
    content_scripts: [{ matches: ["*://b.example/*"] }, {}, { matches: ["file:///*"] }],
  });
  assert.deepEqual(hosts, {
    host_permissions: ["https://a.example/x", "<all_urls>"],
    optional_host_permissions: [],
    content_script_matches: ["*://b.example/*", "file:///*"],
  });
});

const pages: [patterns: string, page: string, covers: boolean][] = [
  ["https://a.example/x", "https://a.example/other", true],
  ["https://a.example/*", "http://a.example/", false],
  ["*://*.a.example/*", "http://a.example/", true],
  ["*://*.a.example/*", "https://b.a.example:8443/", true],
  ["*://*.a.example/*", "https://ba.example/", false],
  ["https://a.example:8443/*", "https://a.example:8443/", true],
  ["https://a.example:8443/*", "https://a.example/", false],
  ["https://a.example:443/*", "https://a.example/", true],
  ["http://[::1]/*", "http://[::1]:8080/", true],
  ["<all_urls>", "http://127.0.0.1/", true],
  ["<all_urls>", "chrome://settings/", false],
  ["<all_urls>", "nonsense", false],
];

for (const [pattern, url, covers] of pages) {
  Deno.test(`${pattern} ${covers ? "covers" : "does not cover"} ${url}`, () => {
    const hosts = declaredHosts({ name: "", host_permissions: [pattern] });
    assert.equal(declaresPage(hosts, url), covers);
  });
}
