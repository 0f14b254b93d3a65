/** A token that no person has accepted yet is worth nothing, though its app is installed in another browser. @module */
import assert from "node:assert/strict";
import { installApp } from "../../broker/actions/install_app.ts";
import { registerApp } from "../../broker/actions/register_app.ts";
import type { AppId, GrantId } from "../../broker/schema/ids.ts";
import { settle } from "../fakes/fake_clock.ts";
import { fakeId } from "../fakes/fake_secrets.ts";
import { startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

const origin = "https://mail.example.com";
const descriptor = { capability: "tcp-connect", target: "imap.example.com:993" } as const;

interface Scene {
  twin: WebTwin;
  appId: AppId;
  /** The token that the person has installed the app with. */
  accepted: string;
  /** What anybody gets who can send the app's `Origin`. */
  waiting: string;
}

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    const { broker } = twin;
    const first = await registerApp(broker, { origin, name: "Mail", token: null });
    const appId = first.app.id;
    await installApp(broker, appId);
    const second = await registerApp(broker, { origin, name: "Mail", token: null });
    await run({ twin, appId, accepted: first.token ?? "", waiting: second.token ?? "" });
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

async function grant({ twin: { broker }, appId }: Scene): Promise<GrantId> {
  const id = fakeId("grant", broker.clock.nowMs() % 1000 + 1);
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        ...descriptor,
        v: 1,
        id,
        effect: "allow",
        appId,
        spaces: ["public"],
        duration: { kind: "always" },
        createdAtMs: broker.clock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  return id;
}

Deno.test("a waiting token reads nothing and asks nothing", async () => {
  await withScene(async (scene) => {
    const { twin, accepted, waiting } = scene;
    await grant(scene);
    const ask = { ...descriptor, target: "smtp.example.com:465" };
    const asked = await twin.call("/api/v1/permissions/request", {
      origin,
      token: accepted,
      json: ask,
    });
    const { request } = await asked.json();
    const calls: [string, { method?: string; json?: unknown }][] = [
      ["/permissions", {}],
      ["/permissions/query", { json: descriptor }],
      ["/permissions/request", { json: descriptor }],
      ["/explain", { json: descriptor }],
      [`/requests/${request.id}`, {}],
      [`/requests/${request.id}`, { method: "DELETE" }],
      [`/requests/${request.id}/wait?timeoutMs=0`, {}],
    ];
    for (const [path, call] of calls) {
      const answer = await twin.call(`/api/v1${path}`, { origin, token: waiting, ...call });
      const { type } = await answer.json();
      assert.equal(type, "urn:gatehouse:problem:not-installed", path);
    }
    assert.equal(twin.broker.store.get("request", request.id)?.record.outcome, null);
    const looked = await twin.call("/api/v1/apps/me", { origin, token: waiting });
    assert.equal((await looked.json()).state, "pending-installation");
  });
});

Deno.test("who leaves with a waiting token takes that token along, and nothing else", async () => {
  await withScene(async (scene) => {
    const { twin, appId, accepted, waiting } = scene;
    const grantId = await grant(scene);
    const left = await twin.call("/api/v1/apps/me", { method: "DELETE", origin, token: waiting });
    assert.equal(left.status, 204);
    assert.equal(twin.broker.store.get("app", appId)?.record.state, "installed");
    assert.ok(twin.broker.store.get("grant", grantId));
    assert.equal((await twin.call("/api/v1/apps/me", { origin, token: waiting })).status, 401);
    assert.equal((await twin.call("/api/v1/apps/me", { origin, token: accepted })).status, 200);
  });
});

Deno.test("the events of a waiting token tell of its installation alone, and hold no permission open", async () => {
  await withScene(async (scene) => {
    const { twin: { broker, call }, appId, waiting } = scene;
    const leaving = new AbortController();
    const answer = await call("/api/v1/events", { origin, token: waiting, signal: leaving.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (part: string) => {
      while (!text.includes(part)) text += (await reader.read()).value ?? "";
    };
    await until("pending-installation");
    assert.equal(broker.contexts.count(appId), 0);
    await grant(scene);
    await installApp(broker, appId);
    await until('"state":"installed"');
    assert.ok(!text.includes("imap.example.com"), text);
    assert.equal(broker.contexts.count(appId), 1);
    await broker.clock.advance(1);
    await grant(scene);
    await until("event: added");
    leaving.abort();
    await reader.cancel();
    await settle();
    assert.equal(broker.contexts.count(appId), 0);
  });
});

Deno.test("a waiting token changes nothing of what its installed app says of itself", async () => {
  await withScene(async ({ twin, appId, accepted, waiting }) => {
    const json = { name: "Impostor", frames: ["https://evil.test"] };
    const said = () => twin.broker.store.get("app", appId)?.record.claims;
    const before = said();
    const again = await twin.call("/api/v1/apps", { origin, token: waiting, json });
    assert.deepEqual((await again.json()).token, null);
    assert.deepEqual(said(), before);
    await twin.call("/api/v1/apps", { origin, token: accepted, json: { name: "Better Mail" } });
    assert.equal(said()?.name, "Better Mail");
  });
});
