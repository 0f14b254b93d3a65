/** The dashboard's stream: a snapshot, then few changes, and none lost to who comes back. @module */
import assert from "node:assert/strict";
import {
  changeIntervalMs,
  DashboardFeed,
  maxKeptChanges,
  maxKeptRecords,
  trafficIntervalMs,
} from "../../../broker/http/dashboard_feed.ts";
import type { EventSink, ServerSentEvent } from "../../../broker/http/event_stream.ts";
import type { DashboardChange, DashboardSnapshot } from "../../../broker/schema/dashboard.ts";
import {
  DashboardChange as ChangeSchema,
  DashboardSnapshot as SnapshotSchema,
} from "../../../broker/schema/dashboard.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { historyDraft } from "../../../broker/actions/history_draft.ts";
import { type DashboardView, GrantQuery, SessionQuery } from "../../../broker/schema/list_query.ts";
import type { HistoryDraft } from "../../../broker/schema/history.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { Session } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";

class Reader implements EventSink {
  readonly events: ServerSentEvent[] = [];
  closed = false;
  send(event: ServerSentEvent): void {
    // As a browser gets it: whole, and through its schema.
    const schema = event.name === "snapshot" ? SnapshotSchema : ChangeSchema;
    this.events.push({ ...event, data: schema.parse(JSON.parse(JSON.stringify(event.data))) });
  }
  close(): void {
    this.closed = true;
  }
  get names(): string[] {
    return this.events.map(({ name }) => name);
  }
  get last(): DashboardChange {
    return this.events.at(-1)?.data as DashboardChange;
  }
  get lastId(): string {
    return this.events.at(-1)?.id ?? "";
  }
}

/** The stream of a page, and what it is of. */
async function openFeed(view?: DashboardView) {
  const broker = fakeBroker();
  const feed = new DashboardFeed(broker);
  const reader = new Reader();
  feed.open(reader, null, view);
  await settle();
  return { broker, feed, reader };
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
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  };
}

function sessionOf(broker: FakeBroker, app: App, grant: Grant): Session {
  return {
    id: broker.secrets.newId("sess"),
    appId: app.id,
    contextId: broker.secrets.newId("ctx"),
    capability: "tcp-connect",
    target: grant.target,
    addresses: ["203.0.113.7"],
    remoteAddress: "203.0.113.7",
    remotePort: 993,
    localAddress: "192.168.7.7",
    localPort: 40000,
    secureTransport: false,
    ruleIds: [grant.id],
    openedAtMs: broker.clock.nowMs(),
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
  };
}

async function putGrant(broker: FakeBroker, grant: Grant): Promise<void> {
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
}

async function rename(broker: FakeBroker, app: App, name: string): Promise<void> {
  const record = { ...app, claims: { ...app.claims, name } };
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record }] });
}

Deno.test("first comes everything, whole", async () => {
  const { reader, broker } = await openFeed();
  assert.deepEqual(reader.names, ["snapshot"]);
  const snapshot = reader.events[0]?.data as DashboardSnapshot;
  assert.equal(snapshot.bootId, broker.bootId);
  assert.equal(snapshot.machineName, "test-machine");
});

Deno.test("changes come at most four a second, each record once and as it is by then", async () => {
  const { broker, reader } = await openFeed({ page: "apps" });
  const app = await installedApp(broker);
  await broker.clock.advance(0);
  assert.deepEqual(reader.names, ["snapshot", "change"], "the first comes at once");
  assert.deepEqual(reader.last.apps?.map(({ id }) => id), [app.id]);
  for (let n = 0; n < 1000; n++) {
    await rename(broker, app, `Name ${n}`);
    if (n % 10 === 9) await broker.clock.advance(10);
  }
  await broker.clock.advance(changeIntervalMs);
  const changes = reader.events.length - 2;
  assert.ok(changes >= 3 && changes <= 4, `${changes} changes in a second`);
  assert.equal(reader.last.apps?.[0]?.claims.name, "Name 999");
  assert.equal(reader.last.apps?.length, 1);
});

const connections: DashboardView = { page: "connections", query: SessionQuery.parse({}) };

Deno.test("a view is sent again when what it shows beside its record changes", async () => {
  const { broker, feed, reader } = await openFeed({ page: "apps" });
  const app = await installedApp(broker);
  const grant = grantOf(broker, app);
  await putGrant(broker, grant);
  await broker.clock.advance(changeIntervalMs);
  assert.equal(reader.last.apps?.[0]?.grantCount, 1, "the app counts its grants");
  const [ofApp, live] = [new Reader(), new Reader()];
  feed.open(ofApp, null, { page: "app", appId: app.id });
  feed.open(live, null, connections);
  await settle();

  const session = sessionOf(broker, app, grant);
  broker.sessions.add({ session, close() {} });
  await broker.clock.advance(changeIntervalMs);
  assert.equal(live.last.sessions?.[0]?.id, session.id);
  assert.equal(ofApp.last.sessions?.[0]?.id, session.id);
  assert.equal(ofApp.last.grants?.[0]?.sessionCount, 1, "the grant counts its sessions");
  assert.deepEqual(reader.last.liveCounts, { [app.id]: 1 });
  assert.equal("sessions" in reader.last, false);

  await rename(broker, app, "Post");
  await broker.clock.advance(changeIntervalMs);
  assert.equal(ofApp.last.grants?.[0]?.appName, "Post", "a grant shows its app's name");
  assert.equal(live.last.sessions?.[0]?.appName, "Post", "so does a session");

  broker.sessions.remove(session.id, null, broker.clock.nowMs());
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  await broker.clock.advance(changeIntervalMs);
  assert.equal(live.last.sessions?.[0]?.closedAtMs, broker.clock.nowMs() - changeIntervalMs);
  assert.deepEqual(ofApp.last.removedGrants, [grant.id]);
  assert.equal(reader.last.apps?.[0]?.grantCount, 0);
  assert.deepEqual(reader.last.counts, { apps: 1, grants: 0, allowed: 0, live: 0 });
});

Deno.test("a page is told of the rows that it shows, and how many wait to be let in", async () => {
  const broker = fakeBroker();
  const feed = new DashboardFeed(broker);
  const app = await installedApp(broker);
  const [mine, other] = [grantOf(broker, app), { ...grantOf(broker, app), target: "b.example:1" }];
  await putGrant(broker, mine);
  await putGrant(broker, other);
  await broker.clock.advance(changeIntervalMs);
  const reader = new Reader();
  const query = GrantQuery.parse({ q: "imap" });
  feed.open(reader, null, { page: "permissions", query });
  await settle();
  const snapshot = reader.events[0]?.data as DashboardSnapshot;
  assert.deepEqual(snapshot.grants.map(({ id }) => id), [mine.id]);
  assert.deepEqual([snapshot.list?.total, snapshot.list?.matching], [2, 1]);

  await broker.store.commit({ removals: [{ noun: "grant", id: other.id }] });
  await broker.clock.advance(changeIntervalMs);
  assert.equal("removedGrants" in reader.last, false, "it was not on the page");
  assert.equal(reader.last.list?.total, 1);

  const arrived = grantOf(broker, app);
  await putGrant(broker, arrived);
  await putGrant(broker, { ...grantOf(broker, app), target: "c.example:1" });
  await broker.clock.advance(changeIntervalMs);
  assert.equal("grants" in reader.last, false, "nothing moves by itself");
  assert.deepEqual([reader.last.list?.arrived, reader.last.list?.matching], [1, 2]);

  await broker.store.commit({ removals: [mine, arrived].map(({ id }) => ({ noun: "grant", id })) });
  await broker.clock.advance(changeIntervalMs);
  assert.deepEqual(reader.last.removedGrants, [mine.id]);
  assert.equal(reader.last.list?.arrived, 0);
  await putGrant(broker, mine);
  await broker.clock.advance(changeIntervalMs);
  assert.deepEqual(reader.last.grants?.map(({ id }) => id), [mine.id], "undone, it is back");
  feed.stop();
});

Deno.test("connections that open go to the end of a page that has room, and are counted otherwise", async () => {
  const { broker, feed, reader } = await openFeed(connections);
  const app = await installedApp(broker);
  const open = () => {
    const session = sessionOf(broker, app, grantOf(broker, app));
    broker.sessions.add({ session, close() {} });
    return session;
  };
  for (let n = 0; n < 3; n++) open();
  await broker.clock.advance(changeIntervalMs);
  assert.equal(reader.last.sessions?.length, 3);
  const short = new Reader();
  feed.open(short, null, { page: "connections", query: SessionQuery.parse({ limit: 2 }) });
  await settle();
  assert.notEqual((short.events[0]?.data as DashboardSnapshot).list?.next, null);
  open();
  await broker.clock.advance(changeIntervalMs);
  assert.equal("sessions" in short.last, false);
  assert.deepEqual([short.last.list?.arrived, short.last.list?.total], [1, 4]);
  assert.equal(reader.last.sessions?.length, 1);
  feed.stop();
});

Deno.test("a request does not wait behind what nobody waits for", async () => {
  const { broker, feed, reader } = await openFeed(connections);
  const app = await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  const session = sessionOf(broker, app, grantOf(broker, app));
  broker.sessions.add({ session, close() {} });
  await broker.clock.advance(changeIntervalMs);
  broker.sessions.remove(session.id, null, broker.clock.nowMs());
  await broker.clock.advance(1);
  const before = reader.events.length;
  await askPermission(broker, app, {
    capability: "tcp-connect",
    target: "imap.example.com:993",
    reason: null,
    userActivation: true,
    secureTransport: false,
    contextId: null,
  });
  await broker.clock.advance(1);
  assert.equal(reader.events.length, before + 1);
  assert.equal(reader.last.requests?.length, 1);
  feed.stop();
});

Deno.test("bytes are told once a second, while they move and somebody looks", async () => {
  const { broker, feed, reader } = await openFeed(connections);
  const app = await installedApp(broker);
  const session = sessionOf(broker, app, grantOf(broker, app));
  broker.sessions.add({ session, close() {} });
  await broker.clock.advance(changeIntervalMs);
  const before = reader.events.length;
  await broker.clock.advance(5 * trafficIntervalMs);
  assert.equal(reader.events.length, before, "nothing moved");
  session.bytesReceived = 4096;
  await broker.clock.advance(trafficIntervalMs);
  assert.equal(reader.events.length, before + 1);
  assert.equal(reader.last.sessions?.[0]?.bytesReceived, 4096);
  session.datagrams = { sent: 0, received: 0, droppedSent: 1, droppedReceived: 0 };
  await broker.clock.advance(trafficIntervalMs);
  assert.equal(reader.last.sessions?.[0]?.datagrams?.droppedSent, 1, "a drop alone is news");
  broker.sessions.remove(session.id, null, broker.clock.nowMs());
  await broker.clock.advance(2 * trafficIntervalMs);
  assert.equal(broker.clock.waiting, 0, "no timer is left once nothing is open");
  feed.stop();
});

Deno.test("who comes back gets what was missed, and nothing twice", async () => {
  const { broker, feed, reader } = await openFeed({ page: "apps" });
  const app = await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  const seen = reader.lastId;
  for (const name of ["One", "Two", "Three"]) {
    await rename(broker, app, name);
    await broker.clock.advance(changeIntervalMs);
  }
  const back = new Reader();
  feed.open(back, seen, { page: "apps" });
  await settle();
  assert.deepEqual(back.names, ["change"], "all of it at once, as things are now");
  assert.equal(back.lastId, reader.lastId);
  assert.deepEqual(back.last.apps?.map(({ claims }) => claims.name), ["Three"]);
  await rename(broker, app, "Four");
  await broker.clock.advance(changeIntervalMs);
  assert.equal(back.last.apps?.[0]?.claims.name, "Four");
  const upToDate = new Reader();
  feed.open(upToDate, back.lastId, { page: "apps" });
  await settle();
  assert.deepEqual(upToDate.names, []);
});

Deno.test("who was away too long, in another run, or says what never was, gets a snapshot", async () => {
  const { broker, feed, reader } = await openFeed();
  const app = await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  const old = reader.lastId;
  for (let n = 0; n <= maxKeptChanges; n++) {
    await rename(broker, app, `Name ${n}`);
    await broker.clock.advance(changeIntervalMs);
  }
  const other = `boot_${"f".repeat(32)}.1`;
  for (
    const id of [
      old,
      other,
      "",
      "1",
      `${broker.bootId}.99999`,
      `${broker.bootId}.-1`,
      `${broker.bootId}.x`,
    ]
  ) {
    const back = new Reader();
    feed.open(back, id);
    await settle();
    assert.deepEqual(back.names, ["snapshot"], id);
  }
});

Deno.test("a new policy makes every open dashboard start over", async () => {
  const { broker, feed, reader } = await openFeed();
  broker.policy.replace({ managedBy: "Example Ltd" });
  await settle();
  assert.deepEqual(reader.names, ["snapshot", "snapshot"]);
  assert.equal((reader.events[1]?.data as DashboardSnapshot).managedBy, "Example Ltd");
  const back = new Reader();
  feed.open(back, reader.events[0]?.id ?? "");
  await settle();
  assert.deepEqual(back.names, ["snapshot"], "an id from before it is no longer enough");
});

Deno.test("the mode and the history come with the changes", async () => {
  const { broker, reader } = await openFeed();
  await broker.store.commit({
    puts: [{ noun: "settings", id: "settings", record: { v: 1, mode: "quiet" } }],
    history: ["first", "second"].map((message) => ({
      atMs: broker.clock.nowMs(),
      kind: "mode-changed" as const,
      actor: "person" as const,
      appId: null,
      appName: null,
      capability: null,
      target: null,
      message,
      detail: {},
    })),
  });
  await broker.clock.advance(changeIntervalMs);
  assert.equal(reader.last.mode, "quiet");
  assert.deepEqual(reader.last.history?.map(({ message }) => message), ["second", "first"]);
  await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  assert.equal("mode" in reader.last, false);
});

Deno.test("a feed that stops closes its readers and listens to nothing more", async () => {
  const { broker, feed, reader } = await openFeed();
  feed.stop();
  assert.equal(reader.closed, true);
  await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  assert.deepEqual(reader.names, ["snapshot"]);
  assert.equal(broker.clock.waiting, 0);
});

Deno.test("a reader that goes before its snapshot is made is not fed, and holds no timer", async () => {
  const broker = fakeBroker();
  const feed = new DashboardFeed(broker);
  const app = await installedApp(broker);
  const session = sessionOf(broker, app, grantOf(broker, app));
  await broker.clock.advance(changeIntervalMs);
  broker.sessions.add({ session, close() {} });
  await broker.clock.advance(changeIntervalMs);
  const gone = new Reader();
  feed.open(gone, null)();
  const stays = new Reader();
  const leave = feed.open(stays, null);
  await settle();
  assert.deepEqual([gone.names, stays.names], [[], ["snapshot"]]);
  broker.policy.replace({ managedBy: "Example Ltd" });
  leave();
  await settle();
  assert.deepEqual(stays.names, ["snapshot"]);
  assert.equal(broker.clock.waiting, 0);
});

Deno.test("many sessions under one permission are counted once for all views", async () => {
  const broker = fakeBroker();
  const feed = new DashboardFeed(broker);
  const app = await installedApp(broker);
  const grant = grantOf(broker, app);
  await putGrant(broker, grant);
  for (let n = 0; n < 300; n++) {
    broker.sessions.add({ session: sessionOf(broker, app, grant), close() {} });
  }
  let looked = 0;
  const list = broker.sessions.list.bind(broker.sessions);
  broker.sessions.list = () => {
    looked++;
    return list();
  };
  const reader = new Reader();
  feed.open(reader, null, connections);
  await broker.clock.advance(changeIntervalMs);
  assert.equal(
    (reader.events[0]?.data as DashboardSnapshot).sessions[0]?.grants[0]?.sessionCount,
    300,
  );
  assert.ok(looked < 10, `looked through all sessions ${looked} times`);
  feed.stop();
});

Deno.test("what is kept for who comes back is bounded by what it holds", async () => {
  const { broker, feed, reader } = await openFeed();
  const apps = 30;
  for (let n = 0; n < apps; n++) await installedApp(broker);
  await broker.clock.advance(changeIntervalMs);
  const first = reader.lastId;
  const history = Array.from({ length: 400 }, () => signedIn(broker));
  for (let n = 0; n <= maxKeptRecords / history.length; n++) {
    await broker.store.commit({ history });
    await broker.clock.advance(changeIntervalMs);
  }
  const [late, soon] = [new Reader(), new Reader()];
  feed.open(late, first);
  feed.open(soon, reader.events.at(-2)?.id ?? "");
  await settle();
  assert.deepEqual([late.names, soon.names], [["snapshot"], ["change"]]);
});

function signedIn(broker: FakeBroker): HistoryDraft {
  return historyDraft(broker, "signed-in", "person", { message: "A browser was signed in." });
}
