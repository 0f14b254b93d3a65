/** Limits and quieting over the API: each is shown, and each can be taken back. @module */
import assert from "node:assert/strict";
import { z } from "zod";
import { askPermission } from "../../broker/actions/ask_permission.ts";
import { AnswerManyResult, HistoryPage, RequestList } from "../../broker/schema/admin_api.ts";
import { AppView, GrantView, RequestView } from "../../broker/schema/dashboard.ts";
import type { App } from "../../broker/schema/app.ts";
import { endsUnusedAfterMs } from "../../broker/core/unused_grants.ts";
import { installedApp } from "../fakes/fake_broker.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

async function withTwin(run: (twin: WebTwin, app: App) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin, await installedApp(twin.broker));
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

/** Calls as the person; the answer must be what its schema says. */
async function person<Schema extends z.ZodType>(
  twin: WebTwin,
  schema: Schema,
  method: string,
  path: string,
  json?: unknown,
): Promise<z.infer<Schema>> {
  const call = { method, token: adminToken, ...(json !== undefined && { json }) };
  const answer = await twin.call(`/admin/v1${path}`, call);
  assert.equal(answer.status, 200, `${method} ${path}: ${await answer.clone().text()}`);
  return schema.parse(await answer.json());
}

async function ask({ broker }: WebTwin, app: App, target = "imap.example.com:993") {
  const { decision, request } = await askPermission(broker, app, {
    capability: "tcp-connect",
    target,
    reason: null,
    userActivation: false,
    secureTransport: false,
    contextId: null,
  });
  return { reason: decision.reason, request };
}

Deno.test("three Laters show an embargo on the app, and DELETE ends it", async () => {
  await withTwin(async (twin, app) => {
    const { request } = await ask(twin, app);
    assert.ok(request);
    const seen = await person(twin, RequestView, "POST", `/requests/${request.id}/seen`);
    assert.equal(seen.seenAtMs, twin.broker.clock.nowMs());
    for (let n = 0; n < 3; n++) {
      await person(twin, RequestView, "POST", `/requests/${request.id}/postpone`);
    }
    await twin.broker.clock.advance(0);
    assert.equal((await ask(twin, app)).reason, "embargo");
    const { embargoes } = await person(twin, AppView, "GET", `/apps/${app.id}`);
    assert.equal(embargoes.length, 1);
    const after = await person(twin, AppView, "DELETE", `/embargoes/${embargoes[0]?.id}`);
    assert.deepEqual(after.embargoes, []);
    assert.equal((await ask(twin, app)).reason, "no-answer-yet");
    const again = await twin.call(`/admin/v1/embargoes/${embargoes[0]?.id}`, {
      method: "DELETE",
      token: adminToken,
    });
    assert.equal(again.status, 404);
  });
});

Deno.test("a flood is one summary, and one call answers what is listed", async () => {
  await withTwin(async (twin, app) => {
    for (let n = 0; n < 6; n++) await ask(twin, app, `host${n}.example.com:993`);
    const { requests, summaries } = await person(twin, RequestList, "GET", "/requests");
    assert.deepEqual(summaries.map(({ requestIds }) => requestIds.length), [6]);
    const result = await person(twin, AnswerManyResult, "POST", "/requests/answer", {
      effect: "allow",
      duration: { kind: "always" },
      requests: requests.slice(1).map(({ id, reviewToken }) => ({ id, reviewToken })),
    });
    assert.equal(result.answered.length, 5);
    const left = await person(twin, RequestList, "GET", "/requests");
    assert.deepEqual(left.requests.map(({ id }) => id), [requests[0]?.id]);
    assert.deepEqual(left.summaries, []);
  });
});

Deno.test("a permission that ended for want of use is restored from the history", async () => {
  await withTwin(async (twin, app) => {
    const { request } = await ask(twin, app);
    assert.ok(request);
    const { reviewToken } = await person(twin, RequestView, "GET", `/requests/${request.id}`);
    await person(twin, AnswerManyResult, "POST", "/requests/answer", {
      effect: "allow",
      duration: { kind: "always" },
      requests: [{ id: request.id, reviewToken }],
    });
    await twin.broker.clock.advance(endsUnusedAfterMs);
    assert.deepEqual([...twin.broker.store.list("grant")], []);
    const { entries } = await person(twin, HistoryPage, "GET", `/history?appId=${app.id}`);
    const ended = entries.find(({ kind }) => kind === "grant-expired");
    const grant = await person(twin, GrantView, "POST", `/history/${ended?.seq}/restore`);
    assert.equal(grant.unused, false);
  });
});

Deno.test("every mode is set and taken back, and shown", async () => {
  await withTwin(async (twin, app) => {
    const Settings = z.object({ mode: z.string() });
    for (
      const [mode, reason] of [["quiet", "quiet"], ["lockdown", "lockdown"], ["ask", null]] as const
    ) {
      await person(twin, Settings, "PUT", "/settings", { mode });
      assert.equal((await person(twin, Settings, "GET", "/snapshot")).mode, mode);
      assert.equal((await ask(twin, app)).reason, reason ?? "no-answer-yet");
    }
  });
});
