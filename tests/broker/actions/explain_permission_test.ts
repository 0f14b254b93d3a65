/** Explaining: whom a text means, what is looked up, and what an app may learn. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import {
  explainOwnPermission,
  explainPermission,
} from "../../../broker/actions/explain_permission.ts";
import { policyView } from "../../../broker/actions/policy_view.ts";
import type { PolicyRule } from "../../../broker/core/policy.ts";
import type { App } from "../../../broker/schema/app.ts";
import { OwnExplanation, PersonExplanation } from "../../../broker/schema/explanation.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { PolicyView } from "../../../broker/schema/policy_view.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const asked = { capability: "tcp-connect", target: "imap.example.com:993" } as const;
const defaults = { secureTransport: false, lookUp: true };

async function give(broker: FakeBroker, app: App, more: Partial<Grant> = {}): Promise<Grant> {
  const record: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    ...asked,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
  return record;
}

const denyAll: PolicyRule = {
  id: "policy.rules[0]",
  effect: "deny",
  apps: ["*"],
  capabilities: ["*"],
  targets: ["*"],
  except: [],
  reason: "no network here",
};

Deno.test("an app is meant by id, origin, manifest id, or a name of its own", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  for (const text of [app.id, "https://mail.example.com", "https://mail.example.com/", "mail"]) {
    const { app: found } = await explainPermission(broker, { ...asked, ...defaults, app: text });
    assert.equal(found.id, app.id, text);
  }
  const notFound = (says: RegExp) => (fault: unknown) =>
    fault instanceof ActionError && fault.type === "not-found" && says.test(fault.detail);
  const explaining = () => explainPermission(broker, { ...asked, ...defaults, app: "Male" });
  await assert.rejects(explaining, notFound(/no such app/));
  await installedApp(broker, { origin: "https://other.example" });
  const ambiguous = () => explainPermission(broker, { ...asked, ...defaults, app: "Mail" });
  await assert.rejects(ambiguous, notFound(/^2 apps are called that\. Give an id: app_/));
});

Deno.test("the person's explanation looks the name up, as opening a connection would", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await give(broker, app);
  broker.resolver.addresses.set("imap.example.com", ["10.0.0.1"]);
  const explanation = await explainPermission(broker, { ...asked, ...defaults, app: app.id });
  assert.equal(explanation.decision.reason, "non-public-name");
  assert.deepEqual(PersonExplanation.parse(explanation), explanation);

  const without = { ...asked, ...defaults, lookUp: false, app: app.id };
  assert.equal((await explainPermission(broker, without)).decision.reason, "grant-allow");
  assert.deepEqual(broker.resolver.asked, ["imap.example.com"]);

  const unknown = { ...asked, ...defaults, target: "no.example:1", app: app.id };
  const { lookUpProblem } = await explainPermission(broker, unknown);
  assert.equal(lookUpProblem, "no.example has no address.");
});

const notLookedUp = ["localhost:80", "a.onion:80", "10.0.0.1:80", "*.example.com:80", "nonsense"];
for (const target of notLookedUp) {
  Deno.test(`nothing is looked up for ${target}`, async () => {
    const broker = fakeBroker();
    const app = await installedApp(broker);
    await explainPermission(broker, { ...asked, ...defaults, target, app: app.id });
    assert.deepEqual(broker.resolver.asked, []);
  });
}

Deno.test("an app learns its own grants and that policy decided; no rule, no other app, no address", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const other = await installedApp(broker, { origin: "https://other.example" });
  const own = await give(broker, app, { target: "*:*" });
  await give(broker, other, { target: "secret.example:1" });
  broker.policy.replace({ managedBy: "Contoso", rules: [denyAll] });
  const body = { ...asked, secureTransport: false };
  const explanation = explainOwnPermission(broker, app, body);
  assert.deepEqual(OwnExplanation.parse(explanation), explanation);
  assert.equal(explanation.decidedBy, "organisation");
  assert.equal(explanation.decision.message, "Contoso does not allow this: no network here.");
  assert.deepEqual(explanation.grants.map(({ id, matched }) => [id, matched]), [[own.id, true]]);
  const text = JSON.stringify(explanation);
  for (const secret of ["policy.rules", "other.example", "secret.example", other.id]) {
    assert.ok(!text.includes(secret), secret);
  }
  assert.deepEqual(broker.resolver.asked, [], "DNS is nothing that an app gets by asking why");
});

Deno.test("the policy is shown with what it overrides", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const allowed = await give(broker, app);
  const denied = await give(broker, app, { effect: "deny", target: "good.example:1" });
  await give(broker, app, { effect: "deny", target: "bad.example:1" });
  broker.policy.replace({
    rules: [
      { ...denyAll, except: ["good.example:1"] },
      { ...denyAll, id: "policy.rules[1]", effect: "allow", targets: ["good.example:1"] },
    ],
    asking: { "tcp-listen": false, "tcp-connect": true },
  });
  broker.policy.tell({ path: "/etc/p.json", warnings: ["A warning."], problem: "A problem." });
  const view = policyView(broker);
  assert.deepEqual(PolicyView.parse(view), view);
  assert.deepEqual(
    view.overridden.map(({ grant, by }) => [grant.id, by]).sort(),
    [[allowed.id, "policy.rules[0]"], [denied.id, "policy.rules[1]"]].sort(),
  );
  assert.deepEqual(view.askingForbidden, ["tcp-listen"]);
  assert.deepEqual([view.path, view.problem], ["/etc/p.json", "A problem."]);

  broker.policy.replace({ durations: { longestMs: 1000 } });
  await broker.clock.advance(1000);
  const [cut, ...others] = policyView(broker).overridden;
  assert.deepEqual([cut?.grant.id, cut?.by], [allowed.id, "policy.durations.longest"]);
  assert.deepEqual(others, []);
});
