/** `/admin/v1/settings`: what is changed holds, what is left out stays, and what policy locks is refused. @module */
import assert from "node:assert/strict";
import { postponeRequest } from "../../broker/actions/postpone_request.ts";
import { askPermission } from "../../broker/actions/ask_permission.ts";
import { Problem } from "../../broker/schema/problem.ts";
import { SettingsView } from "../../broker/schema/settings.ts";
import { installedApp } from "../fakes/fake_broker.ts";
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

const put = (twin: WebTwin, json: unknown) =>
  twin.call("/admin/v1/settings", { method: "PUT", token: adminToken, json });

Deno.test("what a change names is set, null takes it back, and the rest stays", async () => {
  await withTwin(async (twin) => {
    const steps: [change: unknown, mode: string, duration: string, quieting: string][] = [
      [{}, "ask", "until-app-closes", "usual"],
      [{ cardDuration: "1-hour" }, "ask", "1-hour", "usual"],
      [{ mode: "quiet", quieting: "never" }, "quiet", "1-hour", "never"],
      [{ cardDuration: null }, "quiet", "until-app-closes", "never"],
      [{ mode: "ask", quieting: null }, "ask", "until-app-closes", "usual"],
    ];
    for (const [change, ...expected] of steps) {
      const answer = await put(twin, change);
      assert.equal(answer.status, 200);
      const { mode, cardDuration, quieting } = SettingsView.parse(await answer.json());
      assert.deepEqual([mode, cardDuration.value, quieting.value], expected);
    }
    const { status } = await put(twin, { cardDuration: "always" });
    assert.equal(status, 400);
  });
});

Deno.test("what policy locks is refused, and nothing of the change is done", async () => {
  await withTwin(async (twin) => {
    twin.broker.policy.replace({
      managedBy: "Contoso",
      settings: { cardDuration: null, quieting: { value: "sooner", locked: true } },
    });
    const answer = await put(twin, { mode: "quiet", cardDuration: "once", quieting: "never" });
    assert.equal(answer.status, 403);
    const problem = Problem.parse(await answer.json());
    assert.equal(problem.type, "urn:gatehouse:problem:set-by-policy");
    assert.deepEqual(problem.errors, [{ pointer: "/quieting", detail: "Contoso sets this." }]);
    const settings = await twin.call("/admin/v1/settings", { token: adminToken });
    const view = SettingsView.parse(await settings.json());
    assert.deepEqual([view.mode, view.cardDuration.own], ["ask", null]);
    assert.equal((await put(twin, { mode: "quiet" })).status, 200, "the rest can be set");
  });
});

Deno.test("one Later is enough for an embargo where the person says sooner", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    await put(twin, { quieting: "sooner" });
    const question = {
      capability: "tcp-connect",
      target: "imap.example.com:993",
      reason: null,
      userActivation: false,
      secureTransport: false,
      contextId: null,
    } as const;
    const app = await installedApp(broker);
    const { request } = await askPermission(broker, app, question);
    assert.ok(request);
    await postponeRequest(broker, request.id);
    const { decision } = await askPermission(broker, app, question);
    assert.equal(decision.reason, "embargo");
  });
});
