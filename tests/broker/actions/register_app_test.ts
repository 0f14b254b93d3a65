/** Registering and installing: neither an origin alone nor a token alone is ever enough. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { addProgram } from "../../../broker/actions/add_program.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { authenticateApp } from "../../../broker/actions/authenticate_app.ts";
import { awaitInstallation } from "../../../broker/actions/await_installation.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import type { Put } from "../../../broker/actions/ports.ts";
import { ownApp } from "../../../broker/actions/own_app.ts";
import { refuseCredentials } from "../../../broker/actions/refuse_credentials.ts";
import {
  maxPendingApps,
  registerApp,
  type Registration,
} from "../../../broker/actions/register_app.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { AppId } from "../../../broker/schema/ids.ts";
import type { ProblemType } from "../../../broker/schema/problem.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";

const origin = "https://mail.example.com";
const mail: Registration = { origin, name: "Mail", token: null };

const problem = (type: ProblemType) => (fault: unknown) =>
  fault instanceof ActionError && fault.type === type;

Deno.test("a new app waits to be installed; its token says who it is, and nothing more", async () => {
  const broker = fakeBroker();
  const { app, credential, token } = await registerApp(broker, mail);
  assert.equal(ownApp(app, credential).state, "pending-installation");
  const caller = authenticateApp(broker, { token, origin });
  assert.equal(caller.app.id, app.id);
  assert.ok(!JSON.stringify(app).includes(token ?? "?"), "only a hash of the token is kept");

  const waiting = awaitInstallation(broker, app.id, credential.id, new AbortController().signal);
  await installApp(broker, app.id);
  assert.equal((await waiting).state, "installed");
});

Deno.test("an app that comes with its token renews what it says of itself", async () => {
  const broker = fakeBroker();
  const { token } = await registerApp(broker, mail);
  const again = await registerApp(broker, { ...mail, name: "Better Mail", token });
  assert.equal(again.token, null);
  assert.equal(broker.store.get("app", again.app.id)?.record.claims.name, "Better Mail");
});

Deno.test("an installed app without its token is another browser, and waits again", async () => {
  const broker = fakeBroker();
  const first = await registerApp(broker, mail);
  await installApp(broker, first.app.id);
  const second = await registerApp(broker, { ...mail, name: "Impostor" });
  assert.equal(second.app.id, first.app.id);
  const state = (token: string | null) => {
    const { app, credential } = authenticateApp(broker, { token, origin });
    return ownApp(app, credential).state;
  };
  assert.equal(state(first.token), "installed");
  assert.equal(state(second.token), "pending-installation");
  assert.equal(
    broker.store.get("app", first.app.id)?.record.claims.name,
    "Mail",
    "and can't rename it",
  );

  await refuseCredentials(broker, first.app.id);
  assert.throws(() => state(second.token), problem("token-unknown"));
  const third = await registerApp(broker, mail);
  await installApp(broker, first.app.id);
  assert.equal(state(third.token), "installed");
  assert.equal(state(first.token), "installed");
});

Deno.test("two registrations at once make one app", async () => {
  const broker = fakeBroker();
  await Promise.all([registerApp(broker, mail), registerApp(broker, mail)]);
  assert.equal([...broker.store.list("app")].length, 1);
});

Deno.test("manifest ids of one origin are apps apart", async () => {
  const broker = fakeBroker();
  const one = await registerApp(broker, { ...mail, manifestId: `${origin}/one` });
  const two = await registerApp(broker, { ...mail, manifestId: `${origin}/two` });
  assert.notEqual(one.app.id, two.app.id);
});

const refusedOrigins: [string | null, ProblemType][] = [
  [null, "origin-not-allowed"],
  ["null", "origin-not-allowed"],
  ["http://mail.example.com", "insecure-context"],
  ["http://192.168.1.4", "insecure-context"],
  ["file://", "origin-not-allowed"],
  ["https://mail.example.com/", "origin-not-allowed"],
  ["https://mail.example.com, https://evil.example", "origin-not-allowed"],
  ["javascript:alert(1)", "origin-not-allowed"],
  ["https://user@mail.example.com", "origin-not-allowed"],
  [`https://${"a".repeat(600)}.example`, "origin-not-allowed"],
];
for (const [refused, type] of refusedOrigins) {
  Deno.test(`registering from ${String(refused).slice(0, 60)} is refused: ${type}`, async () => {
    const broker = fakeBroker();
    await assert.rejects(registerApp(broker, { ...mail, origin: refused }), problem(type));
    assert.deepEqual([...broker.store.list("app")], []);
  });
}

for (
  const accepted of [
    "http://localhost:3000",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "http://app.localhost",
    "chrome-extension://abcdefghijklmnop",
    "moz-extension://1b2c",
  ]
) {
  Deno.test(`registering from ${accepted} is accepted`, async () => {
    const { app } = await registerApp(fakeBroker(), { ...mail, origin: accepted });
    assert.equal(app.origin, accepted);
  });
}

Deno.test("a manifest of another origin is refused", async () => {
  for (const field of ["manifestUrl", "manifestId"]) {
    const registration = { ...mail, [field]: "https://evil.example/manifest.json" };
    await assert.rejects(registerApp(fakeBroker(), registration), problem("invalid-body"));
  }
});

Deno.test("a token is worth nothing elsewhere", async () => {
  const broker = fakeBroker();
  const { token } = await registerApp(broker, mail);
  const program = await addProgram(broker, "sync-tool");
  const cases: [string | null, string | null, ProblemType][] = [
    [null, origin, "token-missing"],
    ["", origin, "token-unknown"],
    ["nonsense", origin, "token-unknown"],
    [`${token}x`, origin, "token-unknown"],
    [token, null, "origin-not-allowed"],
    [token, "https://evil.example", "origin-not-allowed"],
    [program.token, origin, "origin-not-allowed"],
  ];
  for (const [token, origin, type] of cases) {
    assert.throws(
      () => authenticateApp(broker, { token, origin }),
      problem(type),
      `${token} ${origin}`,
    );
  }
  assert.equal(authenticateApp(broker, { token: program.token, origin: null }).app.kind, "program");
});

Deno.test("refusing the installation ends its token and what waits for it", async () => {
  const broker = fakeBroker();
  const { app, credential, token } = await registerApp(broker, mail);
  const waiting = awaitInstallation(broker, app.id, credential.id, new AbortController().signal);
  await Promise.all([
    assert.rejects(waiting, problem("token-unknown")),
    uninstallApp(broker, app.id, "person"),
  ]);
  assert.throws(() => authenticateApp(broker, { token, origin }), problem("token-unknown"));
});

Deno.test("a flood of registrations stops at its limit", async () => {
  const broker = fakeBroker();
  const register = (n: number) => registerApp(broker, { ...mail, origin: `https://a${n}.example` });
  for (let n = 0; n < maxPendingApps; n++) await register(n);
  await assert.rejects(register(maxPendingApps), problem("queue-full"));
  for (let n = 0; n < 40; n++) await register(0);
  const [first] = [...broker.store.list("app")].filter((app) =>
    app.origin === "https://a0.example"
  );
  assert.ok((first?.credentials.length ?? 99) <= 16, "credentials of one app are bounded");
});

Deno.test("uninstalling takes the permission along that was given while it ran", async () => {
  const broker = fakeBroker();
  const { app } = await registerApp(broker, mail);
  await installApp(broker, app.id);
  const { request } = await askPermission(broker, app, {
    capability: "tcp-connect",
    target: "imap.example.com:993",
    reason: null,
    userActivation: true,
    secureTransport: false,
    contextId: null,
  });
  assert.ok(request);
  const answer = {
    effect: "allow",
    duration: { kind: "always" },
    reviewToken: reviewToken(broker, request),
  } as const;
  await Promise.all([
    answerRequest(broker, request.id, answer),
    uninstallApp(broker, app.id, "person"),
  ]);
  assert.equal(broker.store.get("app", app.id), undefined);
  assert.deepEqual(broker.store.grantsOf(app.id).all, [], "or it would hold when the app is back");
  assert.deepEqual([...broker.store.list("request")], []);
});

Deno.test("uninstalling an app twice at once ends it once", async () => {
  const broker = fakeBroker();
  const { app } = await registerApp(broker, mail);
  await installApp(broker, app.id);
  await broker.store.commit({
    puts: Array.from({ length: 250 }, (_, n) => grantPut(broker, app.id, n)),
  });
  const ends = [uninstallApp(broker, app.id, "person"), uninstallApp(broker, app.id, "app")];
  const results = await Promise.allSettled(ends);
  assert.ok(results.some(({ status }) => status === "fulfilled"));
  assert.equal(broker.store.get("app", app.id), undefined);
  assert.deepEqual([...broker.store.list("grant")], []);
});

Deno.test("browsers that wait push no accepted one out", async () => {
  const broker = fakeBroker();
  const tokens: (string | null)[] = [];
  for (let n = 0; n < 14; n++) {
    const { app, token } = await registerApp(broker, mail);
    tokens.push(token);
    await installApp(broker, app.id);
  }
  for (let n = 0; n < 20; n++) await registerApp(broker, mail);
  for (const token of tokens) assert.ok(authenticateApp(broker, { token, origin }));
});

function grantPut(broker: FakeBroker, appId: AppId, n: number): Put {
  const record: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId,
    capability: "tcp-connect",
    target: `h${n}.example.com:993`,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  };
  return { noun: "grant", id: record.id, record };
}
