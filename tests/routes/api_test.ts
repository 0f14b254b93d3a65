/** The two APIs at work together; every answer is what the OpenAPI document says of it. @module */
import assert from "node:assert/strict";
import { z } from "zod";
import { adminOperations } from "../../broker/http/admin_operations.ts";
import { appOperations } from "../../broker/http/app_operations.ts";
import type { Operation } from "../../broker/http/operation.ts";
import type { AppView, RequestView } from "../../broker/schema/dashboard.ts";
import type { SettingsView } from "../../broker/schema/settings.ts";
import type { OwnRequest } from "../../broker/schema/app_api.ts";
import { adminToken, type Call, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";
import { settle } from "../fakes/fake_clock.ts";

const origin = "https://mail.example.com";
const target = "imap.example.com:993";
const operations: readonly Operation[] = [...appOperations, ...adminOperations];

/** The schema of what a call answers with a status. */
function answerSchema(method: string, path: string, status: number): z.ZodType | null {
  const operation = operations.find((candidate) =>
    candidate.method === method &&
    new RegExp(`^${candidate.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path)
  );
  const answer = operation?.answers.find((candidate) => candidate.status === status);
  assert.ok(answer, `${method} ${path} answered ${status}, of which the document knows nothing`);
  return "schema" in answer ? answer.schema : null;
}

/** An app and a person at one broker. */
class Pair {
  token = "";
  constructor(readonly twin: WebTwin) {}

  /** Calls as the app. */
  app<Body>(method: string, path: string, json?: unknown, more: Call = {}): Promise<Body> {
    const call = {
      method,
      origin,
      token: this.token,
      ...(json !== undefined && { json }),
      ...more,
    };
    return this.#call(method, `/api/v1${path}`, call);
  }

  /** Calls as the person. */
  person<Body>(method: string, path: string, json?: unknown): Promise<Body> {
    const call = { method, token: adminToken, ...(json !== undefined && { json }) };
    return this.#call(method, `/admin/v1${path}`, call);
  }

  /** The type and status of the problem that a call of the person ends in. */
  async refusal(method: string, path: string, json?: unknown): Promise<string> {
    const call = { method, token: adminToken, ...(json !== undefined && { json }) };
    const answer = await this.twin.call(`/admin/v1${path}`, call);
    return `${answer.status} ${(await answer.json()).type.slice("urn:gatehouse:problem:".length)}`;
  }

  async register(): Promise<AppView> {
    const { token, app } = await this.app<{ token: string; app: { id: string } }>("POST", "/apps", {
      name: "Mail",
      reason: "Reads your mail",
    });
    this.token = token;
    return this.person("GET", `/apps/${app.id}`);
  }

  async install(): Promise<AppView> {
    const { id } = await this.register();
    return await this.person("POST", `/apps/${id}/install`);
  }

  /** The one pending request, as its card shows it. */
  async card(): Promise<RequestView> {
    const { requests } = await this.person<{ requests: RequestView[] }>("GET", "/requests");
    assert.equal(requests.length, 1);
    return requests[0]!;
  }

  async #call<Body>(method: string, path: string, call: Call): Promise<Body> {
    const answer = await this.twin.call(path, call);
    assert.ok(answer.ok, `${method} ${path}: ${answer.ok ? "" : await answer.clone().text()}`);
    const schema = answerSchema(method, path.split("?", 1)[0]!, answer.status);
    return schema ? schema.parse(await answer.json()) as Body : undefined as Body;
  }
}

async function withPair(run: (pair: Pair) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(new Pair(twin));
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

/** Resolves once a timer more than `before` waits: a long poll has begun. Its route is loaded on first use. */
async function begun({ broker: { clock } }: WebTwin, before: number): Promise<void> {
  for (let turn = 0; clock.waiting <= before; turn++) {
    assert.ok(turn < 10_000, "no timer was set");
    await settle();
  }
}

const ask = {
  capability: "tcp-connect",
  target,
  reason: "To read your mail",
  userActivation: true,
};

Deno.test("register, install, ask, allow, revoke, undo, leave", async () => {
  await withPair(async (pair) => {
    const app = await pair.register();
    assert.equal(app.state, "pending-installation");
    assert.equal(
      (await pair.app<{ state: string }>("GET", "/apps/me")).state,
      "pending-installation",
    );
    const early = await pair.app<{ state: string; reason: string }>(
      "POST",
      "/permissions/request",
      ask,
    );
    assert.deepEqual([early.state, early.reason], ["denied", "not-installed"]);
    await pair.person("POST", `/apps/${app.id}/install`);

    const asked = await pair.app<{ state: string; request: OwnRequest }>(
      "POST",
      "/permissions/request",
      ask,
    );
    assert.equal(asked.state, "prompt");
    const card = await pair.card();
    assert.equal(card.id, asked.request.id);
    assert.deepEqual(await pair.person("GET", `/requests/${card.id}`), card);
    await pair.person("POST", `/requests/${card.id}/postpone`);
    const { reviewToken } = await pair.card();
    const answer = { effect: "allow", duration: { kind: "always" }, reviewToken };
    assert.equal(
      await pair.refusal("POST", `/requests/${card.id}/answer`, { ...answer, reviewToken: "x" }),
      "409 stale-review",
    );
    assert.equal(
      await pair.refusal("POST", `/requests/${card.id}/answer`, { ...answer, target: "*:*" }),
      "422 target-widened",
    );
    await pair.person("POST", `/requests/${card.id}/answer`, answer);
    assert.equal(
      await pair.refusal("POST", `/requests/${card.id}/answer`, answer),
      "409 request-ended",
    );

    assert.equal((await pair.app<OwnRequest>("GET", `/requests/${card.id}`)).outcome, "allowed");
    const query = { capability: "tcp-connect", target };
    assert.equal(
      (await pair.app<{ state: string }>("POST", "/permissions/query", query)).state,
      "granted",
    );
    const { permissions } = await pair.app<{ permissions: { id: string }[] }>(
      "GET",
      "/permissions",
    );
    const grant = permissions[0]!;
    assert.equal(
      (await pair.person<{ grants: { id: string }[] }>("GET", "/grants")).grants[0]?.id,
      grant.id,
    );

    assert.deepEqual(await pair.person("DELETE", `/grants/${grant.id}`), {
      revoked: [grant.id],
      closedSessions: [],
    });
    assert.equal(await pair.refusal("DELETE", `/grants/${grant.id}`), "404 not-found");
    const { entries } = await pair.person<{ entries: { seq: number; kind: string }[] }>(
      "GET",
      "/history?limit=5",
    );
    assert.equal(entries[0]?.kind, "grant-revoked");
    await pair.person("POST", `/history/${entries[0]?.seq}/restore`);
    const { grants } = await pair.person<{ grants: { id: string }[] }>("GET", "/grants");
    await pair.person("POST", "/grants/revoke", { ids: grants.map(({ id }) => id) });

    await pair.app("DELETE", "/apps/me");
    assert.deepEqual(await pair.person("GET", "/apps"), { apps: [] });
    const gone = await pair.twin.call("/api/v1/apps/me", { origin, token: pair.token });
    assert.equal(gone.status, 401);
  });
});

Deno.test("an app that comes back with its token is known", async () => {
  await withPair(async (pair) => {
    await pair.register();
    const again = await pair.twin.call("/api/v1/apps", {
      origin,
      token: pair.token,
      json: { name: "Mail 2" },
    });
    assert.equal(again.status, 200);
    assert.equal((await again.json()).token, null);
  });
});

Deno.test("pause, silence, mode, programs and connections", async () => {
  await withPair(async (pair) => {
    const { id } = await pair.install();
    assert.ok(
      (await pair.person<AppView>("PUT", `/apps/${id}/pause`, { paused: true })).pausedAtMs,
    );
    assert.equal(
      (await pair.person<AppView>("PUT", `/apps/${id}/pause`, { paused: false })).pausedAtMs,
      null,
    );
    const silenced = await pair.person<AppView>("PUT", `/apps/${id}/silence`, { untilMs: null });
    assert.equal(silenced.silence?.untilMs, null);
    const quiet = await pair.app<{ reason: string }>("POST", "/permissions/request", ask);
    assert.equal(quiet.reason, "silenced");
    assert.equal((await pair.person<AppView>("DELETE", `/apps/${id}/silence`)).silence, null);
    await pair.person("POST", `/apps/${id}/refuse-credentials`);

    const settings = await pair.person<SettingsView>("PUT", "/settings", { mode: "lockdown" });
    assert.equal(settings.mode, "lockdown");
    assert.deepEqual(await pair.person("GET", "/settings"), settings);
    assert.equal((await pair.person<{ mode: string }>("GET", "/snapshot")).mode, "lockdown");
    const made = await pair.person<{ app: AppView }>("POST", "/apps", { name: "Tool" });
    assert.equal(made.app.identity, "unverified");
    const { sessions } = await pair.person<{ sessions: unknown[] }>("GET", "/sessions");
    assert.deepEqual(sessions, []);
    assert.equal(await pair.refusal("DELETE", `/sessions/sess_${"a".repeat(32)}`), "404 not-found");
    await pair.person("DELETE", `/apps/${id}`);
    assert.equal(await pair.refusal("GET", `/apps/${id}`), "404 not-found");
    assert.equal(await pair.refusal("GET", "/apps/not-an-id"), "404 not-found");
  });
});

Deno.test("too many questions are answered with 429 and when to come back", async () => {
  await withPair(async (pair) => {
    await pair.install();
    for (let n = 1;; n++) {
      assert.ok(n < 1000, "never refused");
      const answer = await pair.twin.call("/api/v1/permissions/request", {
        origin,
        token: pair.token,
        json: { ...ask, target: `host${n}.example.com:993` },
      });
      if (answer.ok) continue;
      assert.equal(answer.status, 429);
      assert.equal((await answer.json()).type, "urn:gatehouse:problem:queue-full");
      break;
    }
  });
});

Deno.test("a full disk is told, and changes nothing", async () => {
  await withPair(async (pair) => {
    const { id } = await pair.install();
    pair.twin.broker.store.unavailableBecause = "The disk is full.";
    assert.equal(
      await pair.refusal("PUT", `/apps/${id}/pause`, { paused: true }),
      "503 store-unavailable",
    );
    pair.twin.broker.store.unavailableBecause = null;
    assert.equal((await pair.person<AppView>("GET", `/apps/${id}`)).pausedAtMs, null);
    assert.deepEqual(pair.twin.broker.log.errors.splice(0).map(({ event }) => event), [
      "store-unavailable",
    ]);
  });
});

Deno.test("a long poll answers at the change, at its time, and when the broker stops", async () => {
  await withPair(async (pair) => {
    const { broker } = pair.twin;
    const app = await pair.register();
    const unasked = broker.clock.waiting;
    const installation = pair.app<{ state: string }>("GET", "/apps/me/wait");
    await begun(pair.twin, unasked);
    await pair.person("POST", `/apps/${app.id}/install`);
    assert.equal((await installation).state, "installed");
    assert.equal((await pair.app<{ state: string }>("GET", "/apps/me/wait")).state, "installed");

    const { request } = await pair.app<{ request: OwnRequest }>(
      "POST",
      "/permissions/request",
      ask,
    );
    const path = `/requests/${request.id}/wait`;
    const idle = broker.clock.waiting;
    const timed = pair.app<OwnRequest>("GET", `${path}?timeoutMs=1000`);
    await begun(pair.twin, idle);
    await broker.clock.advance(1000);
    assert.equal((await timed).state, "pending");
    const stillIdle = broker.clock.waiting;
    const withdrawn = pair.app<OwnRequest>("GET", path);
    await begun(pair.twin, stillIdle);
    await pair.app("DELETE", `/requests/${request.id}`);
    assert.equal((await withdrawn).outcome, "withdrawn");

    const next = await pair.app<{ request: OwnRequest }>("POST", "/permissions/request", ask);
    const idleAgain = broker.clock.waiting;
    const waiting = pair.app<OwnRequest>("GET", `/requests/${next.request.id}/wait`);
    await begun(pair.twin, idleAgain);
    await pair.twin.stop();
    assert.equal((await waiting).state, "pending");
    assert.equal(broker.clock.waiting, 0, "no timer is left");
  });
});

Deno.test("a long poll whose client goes away leaves nothing behind", async () => {
  await withPair(async (pair) => {
    await pair.register();
    const before = pair.twin.broker.clock.waiting;
    const gone = new AbortController();
    const waiting = pair.app("GET", "/apps/me/wait", undefined, { signal: gone.signal });
    await begun(pair.twin, before);
    gone.abort();
    await waiting;
    assert.equal(pair.twin.broker.clock.waiting, before);
  });
});

Deno.test("an app asks only about its own requests", async () => {
  await withPair(async (pair) => {
    await pair.install();
    const { request } = await pair.app<{ request: OwnRequest }>(
      "POST",
      "/permissions/request",
      ask,
    );
    const other = new Pair(pair.twin);
    const { token } = await (await pair.twin.call("/api/v1/apps", {
      origin: "https://other.example",
      json: { name: "Other" },
    })).json();
    other.token = token;
    for (
      const path of [`/requests/${request.id}`, `/requests/req_${"a".repeat(32)}`, "/requests/x"]
    ) {
      const answer = await pair.twin.call(`/api/v1${path}`, {
        origin: "https://other.example",
        token,
      });
      assert.equal(answer.status, 404, path);
    }
  });
});

/** The names of the events of a stream until one of this name has come. */
async function namesUntil(body: ReadableStream<Uint8Array>, name: string): Promise<string[]> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(`event: ${name}\n`)) break;
  }
  return [...text.matchAll(/^event: (.+)$/gm)].map(([, found]) => found!);
}

Deno.test("an app's stream and the dashboard's tell what happens", async () => {
  await withPair(async (pair) => {
    const app = await pair.register();
    const appStream = await pair.twin.call("/api/v1/events", { origin, token: pair.token });
    assert.equal(appStream.headers.get("access-control-allow-origin"), origin);
    const dashboard = await pair.twin.call("/admin/v1/events", { token: adminToken });
    await pair.person("POST", `/apps/${app.id}/install`);
    const { request } = await pair.app<{ request: OwnRequest }>(
      "POST",
      "/permissions/request",
      ask,
    );
    const { reviewToken } = await pair.card();
    const answer = { effect: "allow", duration: { kind: "always" }, reviewToken };
    await pair.person("POST", `/requests/${request.id}/answer`, answer);
    assert.ok(appStream.body && dashboard.body);
    const names = await namesUntil(appStream.body, "added");
    assert.deepEqual(names.slice(0, 2), ["app", "app"]);
    await pair.twin.broker.clock.advance(250);
    assert.deepEqual((await namesUntil(dashboard.body, "change")).slice(0, 2), [
      "snapshot",
      "change",
    ]);
  });
});

Deno.test("HEAD opens no stream", async () => {
  await withPair(async (pair) => {
    const { id } = await pair.register();
    await pair.twin.call("/api/v1/events", { method: "HEAD", origin, token: pair.token });
    assert.equal(pair.twin.broker.contexts.count(id), 0);
  });
});

Deno.test("the SDK is for every page, and asked for again each time", async () => {
  await withPair(async ({ twin }) => {
    for (const path of ["/sdk.js", "/sdk/node.js"]) {
      const first = await twin.call(path, { origin: "https://anyone.example" });
      assert.equal(first.headers.get("access-control-allow-origin"), "*");
      assert.equal(first.headers.get("cross-origin-resource-policy"), "cross-origin");
      assert.match(first.headers.get("content-type") ?? "", /^text\/javascript/);
      const etag = first.headers.get("etag") ?? "";
      const second = await twin.call(path, { headers: { "if-none-match": `"old", ${etag}` } });
      assert.equal(second.status, 304);
      assert.equal(await second.text(), "");
    }
  });
});
