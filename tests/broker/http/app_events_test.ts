/** The events of one app: its own, all of them, and nobody else's. @module */
import assert from "node:assert/strict";
import { sendAppEvents } from "../../../broker/http/app_events.ts";
import type { EventSink, ServerSentEvent } from "../../../broker/http/event_stream.ts";
import { type AppEventName, appEvents } from "../../../broker/schema/app_api.ts";
import type { App, Credential } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { AccessRequest } from "../../../broker/schema/request.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const credential: Credential = {
  id: `cred_${"1".repeat(32)}`,
  tokenHash: "0".repeat(64),
  state: "active",
  createdAtMs: 0,
};

class Reader implements EventSink {
  readonly events: ServerSentEvent[] = [];
  closed = false;
  send(event: ServerSentEvent): void {
    appEvents[event.name as AppEventName].parse(event.data);
    this.events.push(event);
  }
  close(): void {
    this.closed = true;
  }
  /** The names since this was last asked. */
  take(): string[] {
    return this.events.splice(0).map(({ name }) => name);
  }
}

async function open(broker: FakeBroker, more: Partial<App> = {}) {
  const app = await installedApp(broker, { credentials: [credential], ...more });
  const reader = new Reader();
  const stop = sendAppEvents(broker, { app, credential }, reader);
  return { app, reader, stop };
}

async function put(broker: FakeBroker, app: App): Promise<void> {
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
}

function grantOf(broker: FakeBroker, app: App): Grant {
  return {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    spaces: ["public"],
    duration: { kind: "once" },
    createdAtMs: 0,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  };
}

function requestOf(broker: FakeBroker, app: App): AccessRequest {
  return {
    v: 1,
    id: broker.secrets.newId("req"),
    appId: app.id,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    reason: null,
    userActivation: false,
    secureTransport: false,
    count: 1,
    createdAtMs: 0,
    lastAskedAtMs: 0,
    notifiedAtMs: null,
    seenAtMs: null,
    postponedAtMs: null,
    bootId: broker.bootId,
    contextIds: [],
    outcome: null,
    endedAtMs: null,
    grantId: null,
    message: null,
  };
}

Deno.test("the app's own state comes first, and again when it changes", async () => {
  const broker = fakeBroker();
  const { app, reader } = await open(broker, { state: "pending-installation" });
  assert.deepEqual(reader.events[0]?.data, {
    id: app.id,
    kind: "web",
    origin: app.origin,
    name: "Mail",
    state: "pending-installation",
  });
  reader.take();
  await put(broker, { ...app, state: "installed" });
  assert.deepEqual(reader.take(), ["app"]);
  await put(broker, { ...app, state: "installed" });
  assert.deepEqual(reader.take(), [], "nothing that the app can see changed");
  await put(broker, { ...app, state: "installed", pausedAtMs: 5 });
  assert.deepEqual(reader.take(), ["app"]);
});

Deno.test("grants come and go, and using one up is neither", async () => {
  const broker = fakeBroker();
  const { app, reader } = await open(broker);
  reader.take();
  const grant = grantOf(broker, app);
  const putGrant = (record: Grant) =>
    broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
  await putGrant(grant);
  assert.deepEqual(reader.take(), ["added"]);
  await putGrant({ ...grant, spentBy: broker.secrets.newId("sess") });
  assert.deepEqual(reader.take(), []);
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  assert.deepEqual(reader.take(), ["removed"]);
});

Deno.test("requests that end and sessions that close are told", async () => {
  const broker = fakeBroker();
  const { app, reader } = await open(broker);
  reader.take();
  const request = requestOf(broker, app);
  const putRequest = (record: AccessRequest) =>
    broker.store.commit({ puts: [{ noun: "request", id: record.id, record }] });
  await putRequest(request);
  assert.deepEqual(reader.take(), []);
  await putRequest({ ...request, outcome: "denied", endedAtMs: 1, message: "No." });
  assert.deepEqual(reader.events[0]?.data, {
    id: request.id,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    state: "ended",
    outcome: "denied",
    message: "No.",
    createdAtMs: 0,
    endedAtMs: 1,
  });
  assert.deepEqual(reader.take(), ["request-ended"]);

  const error = { code: "permission-ended", phase: "policy", message: "Revoked." } as const;
  const session = {
    id: broker.secrets.newId("sess"),
    appId: app.id,
    contextId: broker.secrets.newId("ctx"),
    capability: "tcp-connect" as const,
    target: "imap.example.com:993",
    addresses: [],
    remoteAddress: "203.0.113.7",
    remotePort: 993,
    localAddress: "192.168.7.7",
    localPort: 1,
    secureTransport: false,
    ruleIds: [],
    openedAtMs: 0,
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
  };
  broker.sessions.add({ session, close() {} });
  assert.deepEqual(reader.take(), []);
  broker.sessions.remove(session.id, error, 1);
  assert.deepEqual(reader.events[0]?.data, { sessionId: session.id, error });
  assert.deepEqual(reader.take(), ["session-closed"]);
});

Deno.test("a silence is told when it begins", async () => {
  const broker = fakeBroker();
  const { app, reader } = await open(broker);
  reader.take();
  await put(broker, { ...app, silence: { sinceMs: 1, untilMs: 9 } });
  assert.deepEqual(reader.events[0]?.data, { untilMs: 9 });
  assert.deepEqual(reader.take(), ["silenced"]);
  await put(broker, { ...app, silence: null });
  assert.deepEqual(reader.take(), []);
});

Deno.test("nothing of another app is told", async () => {
  const broker = fakeBroker();
  const { reader } = await open(broker);
  reader.take();
  const other = await installedApp(broker, { origin: "https://other.example" });
  const grant = grantOf(broker, other);
  const request = { ...requestOf(broker, other), outcome: "denied" as const };
  await broker.store.commit({
    puts: [
      { noun: "grant", id: grant.id, record: grant },
      { noun: "request", id: request.id, record: request },
      { noun: "app", id: other.id, record: { ...other, silence: { sinceMs: 1, untilMs: null } } },
    ],
  });
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  await broker.store.commit({ removals: [{ noun: "app", id: other.id }] });
  assert.deepEqual(reader.take(), []);
  assert.equal(reader.closed, false);
});

Deno.test("the stream ends with the app, and with the credential that opened it", async () => {
  const broker = fakeBroker();
  const refused = await open(broker);
  await put(broker, { ...refused.app, credentials: [] });
  assert.equal(refused.reader.closed, true);
  const gone = await open(broker, { origin: "https://other.example" });
  await broker.store.commit({ removals: [{ noun: "app", id: gone.app.id }] });
  assert.equal(gone.reader.closed, true);
});

Deno.test("an open stream is a context of its app", async () => {
  const broker = fakeBroker();
  const { app, stop, reader } = await open(broker);
  assert.equal(broker.contexts.count(app.id), 1);
  stop();
  assert.equal(broker.contexts.count(app.id), 0);
  reader.take();
  await put(broker, { ...app, pausedAtMs: 1 });
  assert.deepEqual(reader.take(), []);
});
