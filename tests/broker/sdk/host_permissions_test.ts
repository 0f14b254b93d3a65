/** The SDK's Permissions API and its tabs, against the broker's own API. @module */
import assert from "node:assert/strict";
import { allowHostAccess } from "../../../broker/actions/allow_host_access.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { hostAccessViews } from "../../../broker/actions/host_access_view.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { connect } from "../../../broker/sdk/connect.ts";
import { type Environment, globalEnvironment } from "../../../broker/sdk/environment.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import type { FollowedPage } from "../../../broker/sdk/page_context.ts";
import type { SitePermissions } from "../../../broker/sdk/site_event.ts";
import type { DeclaredHosts } from "../../../broker/schema/declared_hosts.ts";
import { host, startWebTwin, type WebTwin } from "../../fakes/web_twin.ts";

const page = "https://www.example.com/";
const shop: Partial<DeclaredHosts> = {
  host_permissions: ["https://*.example.com/*"],
  optional_host_permissions: ["https://optional.example/*"],
};

interface Pair {
  twin: WebTwin;
  gatehouse: Gatehouse;
  /** Whether the person has just clicked. */
  gesture: { active: boolean };
}

/** An installed extension, connected by the SDK to the broker's API without a network between them. */
async function withPair(
  run: (pair: Pair) => Promise<void>,
  { hosts = shop, pageUrl = null }: {
    hosts?: Partial<DeclaredHosts>;
    pageUrl?: string | null;
  } = {},
): Promise<void> {
  const twin = await startWebTwin();
  const origin = pageUrl === null
    ? `chrome-extension://${"a".repeat(32)}`
    : new URL(pageUrl).origin;
  const gesture = { active: false };
  const stored = new Map<string, string>();
  const environment: Environment = {
    ...globalEnvironment(),
    pageUrl,
    userActivation: () => gesture.active,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    fetch: (input, init) => {
      const request = new Request(String(input), init);
      const { pathname, search } = new URL(request.url);
      return twin.call(`${pathname}${search}`, {
        method: request.method,
        origin,
        headers: Object.fromEntries(request.headers),
        ...(init?.body != null && { body: init.body as BodyInit }),
        ...(init?.signal && { signal: init.signal }),
      });
    },
  };
  const gatehouse = await connect(
    { broker: `http://${host}`, app: { name: "Shopping", hosts } },
    environment,
  );
  const own = await gatehouse.registered;
  await installApp(twin.broker, own.id);
  await gatehouse.installed;
  try {
    await run({ twin, gatehouse, gesture });
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    gatehouse.close();
    await twin.stop();
  }
}

async function allowCard({ broker }: WebTwin) {
  const [card] = hostAccessViews(broker);
  assert.ok(card);
  return await allowHostAccess(broker, card.id, card.reviewToken);
}

/** Answers what is pending as soon as it is, for good. */
function answerNext({ broker }: WebTwin, effect: "allow" | "deny"): Promise<void> {
  const answered = Promise.withResolvers<void>();
  const stop = broker.store.subscribe(() => {
    const [request] = pendingRequests(broker);
    if (!request) return;
    stop();
    const duration = { kind: "always" } as const;
    const answer = { effect, duration, reviewToken: reviewToken(broker, request) };
    answerRequest(broker, request.id, answer).then(() => answered.resolve(), answered.reject);
  });
  return answered.promise;
}

Deno.test("a request resolves at once; its outcome is told by onAdded, and contains() is true then", async () => {
  await withPair(async ({ twin, gatehouse: { permissions, contexts } }) => {
    const origins = ["https://www.example.com/*"];
    const added = Promise.withResolvers<SitePermissions>();
    permissions.onAdded.addListener(added.resolve);
    await contexts.report(7, { url: `${page}#secret`, active: true, documentId: "D" });
    const told: [boolean, string | null][] = [];
    assert.equal(
      await permissions.addHostAccessRequest({ documentId: "D" }, (...call) => told.push(call)),
      true,
    );
    assert.deepEqual(told, [[true, null]]);
    assert.equal(await permissions.contains({ origins }), false);
    await allowCard(twin);
    assert.deepEqual(await added.promise, { permissions: [], origins });
    assert.equal(await permissions.contains({ origins }), true);
    assert.deepEqual(await permissions.getAll(), { permissions: [], origins });
  });
});

Deno.test("what is not valid resolves to false, and the callback says why in Chrome's words", async () => {
  await withPair(async ({ gatehouse: { permissions } }) => {
    const told: [boolean, string | null][] = [];
    const callback = (...call: [boolean, string | null]) => void told.push(call);
    assert.equal(await permissions.addHostAccessRequest({ tabId: 1 }, callback), false);
    assert.equal(await permissions.removeHostAccessRequest({}, callback), false);
    assert.deepEqual(told, [
      [false, "No tab with ID '1'."],
      [false, "Must specify either 'documentId' or 'tabId'."],
    ]);
    await assert.rejects(permissions.addHostAccessRequest({ tabId: 0.5 }), {
      name: "OperationError",
    });
  });
});

Deno.test("onRemoved is told when nothing else grants the site, and not before", async () => {
  await withPair(async ({ twin, gatehouse: { permissions, contexts } }) => {
    const { broker } = twin;
    await contexts.report(7, { url: page, active: true });
    await permissions.addHostAccessRequest({ tabId: 7 });
    const first = await allowCard(twin);
    const record = { ...first, id: broker.secrets.newId("grant") };
    await broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
    const removed: SitePermissions[] = [];
    const last = Promise.withResolvers<void>();
    const listener = (sites: SitePermissions) => {
      removed.push(sites);
      last.resolve();
    };
    permissions.onRemoved.addListener(listener);
    assert.equal(permissions.onRemoved.hasListener(listener), true);
    // The stream begins with the app's own state: then it hears of what follows.
    await new Promise<void>((resolve) => {
      broker.contexts.subscribe(({ open }) => open && resolve());
    });
    await revokeGrants(broker, [first.id]);
    assert.equal(await permissions.contains({ origins: [first.target] }), true);
    await revokeGrants(broker, [record.id]);
    await last.promise;
    assert.deepEqual(removed, [{ permissions: [], origins: ["https://www.example.com/*"] }]);
    permissions.onRemoved.removeListener(listener);
    assert.equal(permissions.onRemoved.hasListener(listener), false);
  });
});

Deno.test("request() asks for what is declared and not there yet; false is a no, not an error", async () => {
  await withPair(async ({ twin, gatehouse: { permissions } }) => {
    const sites = { origins: ["https://optional.example/any/path"] };
    const denied = answerNext(twin, "deny");
    assert.equal(await permissions.request(sites), false);
    await denied;
    await revokeGrants(twin.broker, [twin.broker.store.list("grant")[0]!.id]);
    const allowed = answerNext(twin, "allow");
    assert.equal(await permissions.request(sites), true);
    await allowed;
    const before = twin.broker.store.list("request").length;
    assert.equal(await permissions.request(sites), true);
    assert.equal(twin.broker.store.list("request").length, before, "nobody was asked again");
  });
});

const refused: [
  name: string,
  call: (permissions: Gatehouse["permissions"]) => Promise<unknown>,
  message: string,
][] = [
  [
    "a site that is not declared",
    (permissions) => permissions.request({ origins: ["https://elsewhere.example/*"] }),
    "Only permissions specified in the manifest may be requested.",
  ],
  [
    "giving back what is not declared",
    (permissions) => permissions.remove({ origins: ["https://elsewhere.example/*"] }),
    "Only permissions specified in the manifest may be requested.",
  ],
  [
    "giving back what is required",
    (permissions) => permissions.remove({ origins: ["https://www.example.com/*"] }),
    "You cannot remove required permissions.",
  ],
  [
    "what is no pattern",
    (permissions) => permissions.contains({ origins: ["www.example.com"] }),
    "Invalid value for origin pattern www.example.com: Missing scheme separator.",
  ],
  [
    "a scheme that nobody grants",
    (permissions) => permissions.request({ origins: ["chrome://settings/*"] }),
    "Invalid value for origin pattern chrome://settings/*: Invalid scheme.",
  ],
  [
    "a permission by name",
    (permissions) => permissions.contains({ permissions: ["tabs"] }),
    "'tabs' is not a recognized permission.",
  ],
];

for (const [name, call, message] of refused) {
  Deno.test(`refused in Chrome's words: ${name}`, async () => {
    await withPair(async ({ gatehouse }) => {
      await assert.rejects(call(gatehouse.permissions), { message });
    });
  });
}

Deno.test("policy is named when it keeps the person from being asked", async () => {
  await withPair(async ({ twin, gatehouse: { permissions } }) => {
    twin.broker.policy.replace({ asking: { "host-access": false } });
    await assert.rejects(permissions.request({ origins: ["https://optional.example/*"] }), {
      message: "Permissions are blocked by enterprise policy.",
    });
  });
});

Deno.test("a page asks for sites only when the person has just clicked", async () => {
  await withPair(async ({ twin, gatehouse: { permissions }, gesture }) => {
    const sites = { origins: ["https://optional.example/*"] };
    await assert.rejects(permissions.request(sites), {
      name: "NotAllowedError",
      message: "This function must be called during a user gesture",
    });
    gesture.active = true;
    const allowed = answerNext(twin, "allow");
    assert.equal(await permissions.request(sites), true);
    await allowed;
  }, { pageUrl: "https://reader.example/" });
});

Deno.test("remove() ends what it names and what lies within, and the app has to ask again", async () => {
  await withPair(async ({ twin, gatehouse: { permissions } }) => {
    const sites = { origins: ["https://optional.example/*"] };
    const allowed = answerNext(twin, "allow");
    assert.equal(await permissions.request(sites), true);
    await allowed;
    assert.equal(await permissions.remove(sites), true);
    assert.equal(await permissions.contains(sites), false);
    assert.equal(await permissions.remove(sites), true, "what it never had is passed over");
    const [entry] = await twin.broker.store.history({ limit: 1 });
    assert.equal(entry?.actor, "app");
    const denied = answerNext(twin, "deny");
    assert.equal(await permissions.request(sites), false, "Chrome would grant it unasked");
    await denied;
  });
});

Deno.test("nothing is contained by everybody; an app without declarations is measured by its grants", async () => {
  await withPair(async ({ twin, gatehouse: { permissions } }) => {
    assert.equal(await permissions.contains({}), true);
    const allowed = answerNext(twin, "allow");
    assert.equal(await permissions.request({ origins: ["https://any.example/*"] }), true);
    await allowed;
    assert.equal(await permissions.contains({ origins: ["https://any.example/*"] }), true);
  }, { hosts: {} });
});

/** A window as the SDK sees it. */
class FakePage extends EventTarget implements FollowedPage {
  readonly location = { href: "https://reader.example/list" };
  readonly document = Object.assign(new EventTarget(), {
    visibilityState: "visible" as DocumentVisibilityState,
  }) as FollowedPage["document"] & EventTarget & { visibilityState: DocumentVisibilityState };
  readonly navigation = new EventTarget();
  readonly sessionStorage: FollowedPage["sessionStorage"];

  constructor(stored: Map<string, string>) {
    super();
    this.sessionStorage = {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    };
  }
}

Deno.test("a page is followed: hidden, gone to another page of the app, showing another site, closed", async () => {
  await withPair(async ({ twin: { broker }, gatehouse: { contexts } }) => {
    const stored = new Map<string, string>();
    const window = new FakePage(stored);
    const context = contexts.followPage(window);
    const told = () =>
      [...broker.hostAccess.list()].flatMap(({ state }) => [...state.values()])
        .map(({ tabId, url, active, documentId }) => ({ tabId, url, active, documentId }));
    const { tabId, documentId } = context;
    await context.show("https://www.example.com/article#top");
    assert.deepEqual(told(), [{
      tabId,
      documentId,
      url: "https://www.example.com/article",
      active: true,
    }]);
    await context.show(null);
    window.location.href = "https://reader.example/next";
    window.navigation.dispatchEvent(new Event("navigatesuccess"));
    window.document.visibilityState = "hidden";
    window.document.dispatchEvent(new Event("visibilitychange"));
    await contexts.close(0);
    assert.deepEqual(told(), [{
      tabId,
      documentId,
      url: "https://reader.example/next",
      active: false,
    }]);

    assert.notEqual(contexts.followPage(new FakePage(new Map(stored))).tabId, tabId, "a copy");
    window.dispatchEvent(new Event("pagehide"));
    const next = contexts.followPage(new FakePage(stored));
    assert.equal(next.tabId, tabId, "the same tab, with its next page");
    assert.notEqual(next.documentId, documentId);
    await next.stop();
    assert.ok(told().every((tab) => tab.tabId !== tabId));
    await contexts.clear();
    assert.deepEqual(told(), []);
  }, { pageUrl: "https://reader.example/" });
});
