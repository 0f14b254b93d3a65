/** Rate limits at work: what an app may open and ask in a while, and what it is told beyond that. @module */
import assert from "node:assert/strict";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { defaultRateLimits } from "../../../broker/core/rate_limits.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

type GrantParts = Pick<Grant, "target" | "spaces"> & Partial<Grant>;

async function addGrant(broker: FakeBroker, app: App, parts: GrantParts): Promise<void> {
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...parts,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
}

async function running(parts: GrantParts) {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await addGrant(broker, app, parts);
  await startBroker(broker);
  return { broker, app };
}

function open(broker: FakeBroker, app: App, remoteAddress: string, remotePort = 993) {
  return openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress,
    remotePort,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  }, { signal: new AbortController().signal, onWaiting: () => {}, onCut: () => {} });
}

async function limited(opening: Promise<unknown>): Promise<ConnectError["error"]> {
  const fault = await opening.then(() => null, (fault) => fault);
  assert.ok(fault instanceof ConnectError, String(fault));
  assert.equal(fault.error.code, "limited");
  assert.equal(fault.error.phase, "policy");
  return fault.error;
}

const { target: perTarget, app: perApp } = defaultRateLimits;

Deno.test("connections to one target at a time are bounded; closing one makes room", async () => {
  const { broker, app } = await running({ target: "93.184.216.34:993", spaces: ["public"] });
  const sessions = [];
  for (let n = 0; n < perTarget.concurrent; n++) {
    sessions.push(await open(broker, app, "93.184.216.34"));
  }
  const error = await limited(open(broker, app, "93.184.216.34"));
  assert.equal(error.retryAfterMs, 1000);
  assert.equal(broker.dialer.dialed.length, perTarget.concurrent, "nothing is dialed beyond");
  sessions[0]?.end(null);
  await open(broker, app, "93.184.216.34");
});

Deno.test("connections to one target a minute are bounded, whatever becomes of them", async () => {
  const { broker, app } = await running({ target: "imap.example.com:993", spaces: ["public"] });
  for (let n = 0; n < perTarget.perMinute; n++) {
    await assert.rejects(open(broker, app, "imap.example.com"), { message: /has no address/ });
  }
  const error = await limited(open(broker, app, "imap.example.com"));
  assert.equal(error.retryAfterMs, 60_000 / perTarget.perMinute);
  assert.equal(broker.resolver.asked.length, perTarget.perMinute, "nor is the name looked up");
  await broker.clock.advance(error.retryAfterMs ?? 0);
  await assert.rejects(open(broker, app, "imap.example.com"), { message: /has no address/ });
});

Deno.test("an app has a total over all targets", async () => {
  const { broker, app } = await running({ target: "*:*", spaces: ["public"] });
  let opened = 0;
  for (let port = 1; opened < perApp.concurrent; port++) {
    for (let n = 0; n < perTarget.concurrent && opened < perApp.concurrent; n++, opened++) {
      await open(broker, app, "93.184.216.34", 1000 + port);
    }
  }
  await limited(open(broker, app, "93.184.216.34", 2000));
  const other = await installedApp(broker, { origin: "https://other.example" });
  await addGrant(broker, other, { target: "*:*", spaces: ["public"] });
  await open(broker, other, "93.184.216.34", 2000);
});

Deno.test("this computer has limits of its own, for heavy use", async () => {
  const { broker, app } = await running({ target: "127.0.0.1:*", spaces: ["loopback"] });
  for (let n = 0; n < 1000; n++) (await open(broker, app, "127.0.0.1")).end(null);
});

Deno.test("an app that is refused and keeps asking is told to wait", async () => {
  const { broker, app } = await running({
    target: "imap.example.com:993",
    spaces: ["public"],
    effect: "deny",
  });
  const ask = () =>
    askPermission(broker, app, {
      capability: "tcp-connect",
      target: "imap.example.com:993",
      reason: null,
      userActivation: false,
      secureTransport: false,
      contextId: null,
    });
  for (let n = 0; n < defaultRateLimits.asksPerMinute; n += 2) {
    assert.equal((await ask()).decision.reason, "grant-deny");
    await assert.rejects(open(broker, app, "imap.example.com"), { message: /You denied/ });
  }
  const { decision } = await ask();
  assert.equal(decision.reason, "limit");
  assert.equal(decision.retryAfterMs, 60_000 / defaultRateLimits.asksPerMinute);
  await limited(open(broker, app, "imap.example.com"));
  await broker.clock.advance(100);
  assert.equal((await ask()).decision.reason, "grant-deny");
});

Deno.test("an app that may is not limited in asking whether it may", async () => {
  const { broker, app } = await running({ target: "imap.example.com:993", spaces: ["public"] });
  for (let n = 0; n < 2 * defaultRateLimits.asksPerMinute; n++) {
    const { decision } = await askPermission(broker, app, {
      capability: "tcp-connect",
      target: "imap.example.com:993",
      reason: null,
      userActivation: false,
      secureTransport: false,
      contextId: null,
    });
    assert.equal(decision.effect, "allow");
  }
});
