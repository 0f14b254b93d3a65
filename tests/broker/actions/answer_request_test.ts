/** Answering: narrowing, the review token, two answers, durations, and what policy forbids meanwhile. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { postponeRequest } from "../../../broker/actions/postpone_request.ts";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { requestView } from "../../../broker/actions/request_view.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { maxDismissals } from "../../../broker/core/quieting.ts";
import type { AnswerBody } from "../../../broker/schema/admin_api.ts";
import type { ProblemType } from "../../../broker/schema/problem.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { StoreUnavailableError } from "../../../broker/actions/ports.ts";

const always = { kind: "always" } as const;

async function asked(target = "*.example.com:993", capability: Capability = "tcp-connect") {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const { request } = await askPermission(broker, app, {
    capability,
    target,
    reason: "Check your inbox",
    userActivation: true,
    secureTransport: false,
    contextId: null,
  });
  assert.ok(request);
  const { reviewToken } = requestView(broker, request);
  const answer = (more: Partial<AnswerBody> = {}) =>
    answerRequest(broker, request.id, { effect: "allow", duration: always, reviewToken, ...more });
  return { broker, app, request, reviewToken, answer };
}

function problem(type: ProblemType, pointer?: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof ActionError, String(fault));
    assert.equal(fault.type, type);
    if (pointer !== undefined) assert.equal(fault.errors[0]?.pointer, pointer);
    return true;
  };
}

const grants = (broker: FakeBroker) => [...broker.store.list("grant")];

Deno.test("an answer makes the grant, ends the request and writes two lines of history, in one commit", async () => {
  const { broker, app, request, answer } = await asked();
  const { grant, decision } = await answer({ duration: { kind: "for", ms: 600_000 } });
  assert.equal(decision.effect, "allow");
  assert.equal(grant?.target, "*.example.com:993");
  assert.deepEqual(grant?.spaces, ["public"]);
  assert.equal(grant?.expiresAtMs, broker.clock.nowMs() + 600_000);
  assert.equal(broker.store.get("request", request.id)?.record.outcome, "allowed");
  const history = await broker.store.history({ appId: app.id, limit: 10 });
  assert.deepEqual(history.map(({ kind }) => kind).sort(), ["grant-created", "request-ended"]);
});

Deno.test("an answer may narrow", async () => {
  const { broker, app, answer } = await asked();
  const { grant, decision } = await answer({ target: "IMAP.example.com:993" });
  assert.equal(grant?.target, "imap.example.com:993", "canonical");
  assert.equal(decision.effect, "ask", "what was asked is still not allowed as a whole");
  const narrow = { capability: "tcp-connect", target: "imap.example.com:993" } as const;
  assert.equal(queryPermission(broker, app, narrow).effect, "allow");
});

for (
  const target of ["*:993", "*.example.com:*", "*.com:993", "example.org:993", "93.184.216.34:993"]
) {
  Deno.test(`an answer may not widen to ${target}`, async () => {
    const { broker, answer } = await asked();
    await assert.rejects(answer({ target }), problem("target-widened", "/target"));
    assert.deepEqual(grants(broker), []);
  });
}

Deno.test("a match pattern is narrowed by the same rule", async () => {
  const { answer } = await asked("https://*.example.com/*", "host-access");
  await assert.rejects(answer({ target: "*://*.example.com/*" }), problem("target-widened"));
  assert.equal(
    (await answer({ target: "https://api.example.com/v1/*" })).grant?.target,
    "https://api.example.com/v1/*",
  );
});

Deno.test("a target that can't be read, and a time that is past, name their field", async () => {
  const { answer } = await asked();
  await assert.rejects(answer({ target: "example.com" }), problem("invalid-body", "/target"));
  await assert.rejects(
    answer({ duration: { kind: "until", atMs: 1 } }),
    problem("duration-not-allowed", "/duration/atMs"),
  );
});

Deno.test("of two answers one wins", async () => {
  const { broker, answer } = await asked();
  const results = await Promise.allSettled([answer(), answer({ effect: "deny" })]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.ok(results[1]?.status === "rejected" && problem("request-ended")(results[1].reason));
  assert.deepEqual(grants(broker).map(({ effect }) => effect), ["allow"]);
});

Deno.test("an answer to something that changed while it was read is refused", async () => {
  const { broker, app, request, answer } = await asked();
  const renamed = { ...app, claims: { ...app.claims, name: "Maiil" } };
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: renamed }] });
  await assert.rejects(answer(), problem("stale-review"));
  const { reviewToken } = requestView(broker, request);
  assert.equal(
    (await answer({ reviewToken })).request.outcome,
    "allowed",
    "what is shown now can be answered",
  );
});

Deno.test("asking the same again does not make the shown card stale", async () => {
  const { broker, app, request, answer } = await asked();
  const { capability, target, reason } = request;
  const more = { userActivation: false, secureTransport: false, contextId: null };
  await askPermission(broker, app, { capability, target, reason, ...more });
  assert.equal((await answer()).request.count, 2);
});

Deno.test("a policy that has come in meanwhile makes the card stale, and binds the person", async () => {
  const { broker, request, answer } = await asked();
  const rule = {
    id: "policy.rules[0]",
    apps: ["*"],
    capabilities: ["*" as const],
    except: [],
    reason: null,
  };
  broker.policy.replace({ rules: [{ ...rule, effect: "deny", targets: ["*:*"] }] });
  await assert.rejects(answer(), problem("stale-review"));
  const { reviewToken } = requestView(broker, request);
  const result = await answer({ reviewToken });
  assert.equal(result.request.outcome, "blocked-by-policy");
  assert.equal(result.grant, null);
  assert.deepEqual(grants(broker), []);
});

Deno.test("denying once leaves nothing behind", async () => {
  const { broker, request, answer } = await asked();
  const { grant } = await answer({ effect: "deny", duration: { kind: "once" } });
  assert.equal(grant, null);
  assert.deepEqual(grants(broker), []);
  assert.equal(broker.store.get("request", request.id)?.record.outcome, "denied");
});

Deno.test("a grant reaches the address space of the address that was shown, no other", async () => {
  const cases = [["192.168.1.20:9100", ["local"]], ["127.0.0.1:7", ["loopback"]], ["*:993", [
    "public",
  ]], ["10.0.0.0/8:22", ["public", "local", "loopback"]]] as const;
  for (const [target, spaces] of cases) {
    const { answer } = await asked(target);
    assert.deepEqual((await answer()).grant?.spaces, spaces, target);
  }
});

Deno.test("when the store can't write, nothing has happened", async () => {
  const { broker, request, answer } = await asked();
  broker.store.unavailableBecause = "The disk is full.";
  await assert.rejects(answer(), StoreUnavailableError);
  assert.deepEqual(grants(broker), []);
  assert.equal(broker.store.get("request", request.id)?.record.outcome, null);
  broker.store.unavailableBecause = null;
  assert.equal((await answer()).request.outcome, "allowed");
});

Deno.test("the longest target there is can be answered, put off, let lie and taken back", async () => {
  const longest = `https://example.com/${"a".repeat(2028)}`;
  assert.equal(longest.length, 2048);
  const allowed = await asked(longest, "host-access");
  const { grant } = await allowed.answer();
  assert.equal(grant?.target, longest);
  await revokeGrants(allowed.broker, [grant.id]);

  const denied = await asked(longest, "host-access");
  await denied.answer({ effect: "deny", duration: { kind: "once" } });
  assert.equal(denied.broker.store.get("request", denied.request.id)?.record.outcome, "denied");

  const late = await asked(longest, "host-access");
  const { stop } = await startBroker(late.broker);
  for (let n = 0; n < maxDismissals; n++) await postponeRequest(late.broker, late.request.id);
  await late.broker.clock.advance(0);
  assert.equal(late.broker.store.get("request", late.request.id)?.record.outcome, "silenced");
  assert.deepEqual(late.broker.log.errors, []);
  await stop();
});
