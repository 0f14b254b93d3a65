/** Quieting: a question that is put off again and again is not put for a week, visibly and reversibly. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { appView } from "../../../broker/actions/app_view.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { endEmbargo } from "../../../broker/actions/end_embargo.ts";
import { markRequestSeen } from "../../../broker/actions/mark_request_seen.ts";
import { postponeRequest } from "../../../broker/actions/postpone_request.ts";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import { requestLifetimeMs } from "../../../broker/actions/watch_times.ts";
import { embargoMs } from "../../../broker/core/quieting.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { RequestId } from "../../../broker/schema/ids.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const target = "imap.example.com:993";

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await startBroker(broker);
  return { broker, app };
}

function ask(broker: FakeBroker, app: App, more: { target?: string } = {}) {
  return askPermission(broker, app, {
    capability: "tcp-connect",
    target,
    reason: null,
    userActivation: false,
    secureTransport: false,
    contextId: null,
    ...more,
  });
}

async function asked(broker: FakeBroker, app: App): Promise<RequestId> {
  const { request } = await ask(broker, app);
  assert.ok(request, "the person is asked");
  return request.id;
}

/** Later, `times` times; the app asks again each time. */
async function postpone(broker: FakeBroker, app: App, times: number): Promise<RequestId> {
  const id = await asked(broker, app);
  for (let n = 0; n < times; n++) {
    await postponeRequest(broker, id);
    await broker.clock.advance(0);
  }
  return id;
}

const embargoes = (broker: FakeBroker, app: App) => appView(broker, app).embargoes;

Deno.test("the third Later is an embargo: shown, for seven days, for this question alone", async () => {
  const { broker, app } = await running();
  const id = await postpone(broker, app, 2);
  assert.deepEqual(embargoes(broker, app), []);
  await postponeRequest(broker, id);
  await broker.clock.advance(0);

  const [embargo] = embargoes(broker, app);
  assert.equal(embargo?.target, target);
  assert.equal(embargo?.dismissals, 3);
  assert.equal(embargo?.untilMs, broker.clock.nowMs() + embargoMs);
  assert.equal(broker.store.get("request", id)?.record.outcome, "silenced", "nothing waits on");
  assert.equal((await ask(broker, app)).decision.reason, "embargo");
  assert.equal(
    (await ask(broker, app, { target: "IMAP.example.com.:993" })).decision.reason,
    "embargo",
  );
  assert.equal((await ask(broker, app, { target: "imap.example.com:143" })).decision.effect, "ask");
  const other = await installedApp(broker, { origin: "https://other.example" });
  assert.equal((await ask(broker, other)).decision.effect, "ask");
  const [entry] = (await broker.store.history({ appId: app.id, limit: 9 }))
    .filter(({ kind }) => kind === "embargo-started");
  assert.equal(entry?.target, target);

  await broker.clock.advance(embargoMs - 1);
  assert.equal((await ask(broker, app)).decision.reason, "embargo");
  await broker.clock.advance(1);
  assert.equal((await ask(broker, app)).decision.effect, "ask");
  assert.deepEqual([...broker.store.list("embargo")], [], "nothing is left of it");
});

Deno.test("the person ends an embargo, and it counts from nothing", async () => {
  const { broker, app } = await running();
  await postpone(broker, app, 3);
  const [embargo] = embargoes(broker, app);
  assert.ok(embargo);
  await endEmbargo(broker, embargo.id);
  assert.deepEqual(embargoes(broker, app), []);
  await assert.rejects(endEmbargo(broker, embargo.id), { type: "not-found" });
  await postpone(broker, app, 2);
  assert.deepEqual(embargoes(broker, app), []);
});

Deno.test("the fourth time that a card was seen and left to expire is an embargo", async () => {
  const { broker, app } = await running();
  for (let n = 0; n < 4; n++) {
    assert.deepEqual(embargoes(broker, app), []);
    const id = await asked(broker, app);
    await markRequestSeen(broker, id);
    await broker.clock.advance(requestLifetimeMs);
    assert.equal(broker.store.get("request", id)?.record.outcome, "expired");
  }
  assert.equal(embargoes(broker, app)[0]?.ignores, 4);
  assert.equal((await ask(broker, app)).decision.reason, "embargo");
});

Deno.test("what was never on the screen was not ignored, and what was put off was not either", async () => {
  const { broker, app } = await running();
  for (let n = 0; n < 5; n++) {
    await asked(broker, app);
    await broker.clock.advance(requestLifetimeMs);
  }
  assert.deepEqual([...broker.store.list("embargo")], []);
  const id = await asked(broker, app);
  await markRequestSeen(broker, id);
  await postponeRequest(broker, id);
  await broker.clock.advance(requestLifetimeMs);
  const [counted] = [...broker.store.list("embargo")];
  assert.deepEqual([counted?.dismissals, counted?.ignores], [1, 0]);
});

Deno.test("an answer ends the counting, an allowance an embargo beside it", async () => {
  for (const effect of ["allow", "deny"] as const) {
    const { broker, app } = await running();
    const id = await postpone(broker, app, 2);
    const request = broker.store.get("request", id)?.record;
    assert.ok(request);
    await answerRequest(broker, id, {
      effect,
      duration: { kind: "once" },
      reviewToken: reviewToken(broker, request),
    });
    assert.deepEqual([...broker.store.list("embargo")], []);
  }
});

Deno.test("what is allowed stays allowed under an embargo", async () => {
  const { broker, app } = await running();
  await postpone(broker, app, 3);
  const id = broker.secrets.newId("grant");
  const nowMs = broker.clock.nowMs();
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId: app.id,
        capability: "tcp-connect",
        target: "*.example.com:993",
        spaces: ["public"],
        duration: { kind: "always" },
        createdAtMs: nowMs,
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  assert.equal(queryPermission(broker, app, { capability: "tcp-connect", target }).effect, "allow");
});

Deno.test("a card is seen once, and only while it is pending", async () => {
  const { broker, app } = await running();
  const id = await asked(broker, app);
  const first = await markRequestSeen(broker, id);
  await broker.clock.advance(1000);
  assert.equal((await markRequestSeen(broker, id)).seenAtMs, first.seenAtMs);
  await broker.clock.advance(requestLifetimeMs);
  await assert.rejects(markRequestSeen(broker, id), { type: "request-ended" });
});

Deno.test("uninstalling takes the counts along", async () => {
  const { broker, app } = await running();
  await postpone(broker, app, 3);
  await uninstallApp(broker, app.id, "person");
  assert.deepEqual([...broker.store.list("embargo")], []);
});
