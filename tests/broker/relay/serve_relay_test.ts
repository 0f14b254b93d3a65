/** A relay joined to a broker: its context, the sockets that the broker's rules allow, and its end with the app. @module */
import assert from "node:assert/strict";
import { closeSession } from "../../../broker/actions/close_session.ts";
import { reviewSessions } from "../../../broker/actions/review_sessions.ts";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import { serveRelay } from "../../../broker/relay/serve_relay.ts";
import type { AppId, GrantId } from "../../../broker/schema/ids.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { FakeRelaySocket } from "../../fakes/fake_relay_socket.ts";
import { plainOpen } from "./relay_rig.ts";

async function served(broker: FakeBroker) {
  const app = await installedApp(broker);
  const socket = new FakeRelaySocket();
  const relay = serveRelay(broker, app, socket);
  return { app, socket, relay };
}

/** The app may connect to example.com:993. */
async function allow(broker: FakeBroker, appId: AppId): Promise<GrantId> {
  broker.resolver.addresses.set("example.com", ["93.184.215.14"]);
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId,
        capability: "tcp-connect",
        target: "example.com:993",
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

Deno.test("a relay is a context of its app while it lasts", async () => {
  const broker = fakeBroker();
  const { app, socket, relay } = await served(broker);
  assert.equal(broker.contexts.count(app.id), 1);
  socket.emit("close");
  await relay.closed;
  await settle();
  assert.equal(broker.contexts.count(app.id), 0);
  assert.equal(broker.clock.waiting, 0);
});

Deno.test("a socket without an answer waits for the person; giving it up withdraws the question", async () => {
  const broker = fakeBroker();
  const { socket } = await served(broker);
  socket.deliver({ type: "OPEN", streamId: 1, body: plainOpen });
  await settle();
  const [waiting] = socket.framesOf("WAITING");
  const [request] = [...broker.store.list("request")];
  assert.equal(waiting?.body.requestId, request?.id);
  assert.equal(request?.target, "example.com:993");
  socket.deliver({ type: "CLOSE", streamId: 1, body: { error: null } });
  await settle();
  const left = [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
  assert.deepEqual(left, []);
});

Deno.test("a connection that waits for its app is told, counts, and is closed by hand like every other", async () => {
  const broker = fakeBroker();
  const { app, socket } = await served(broker);
  await allow(broker, app.id);
  socket.deliver({ type: "OPEN", streamId: 1, body: { ...plainOpen, reattachable: true } });
  await settle();
  const [opened] = socket.framesOf("OPENED");
  assert.ok(opened?.body.resumeSecret);
  const { sessionId, resumeSecret } = opened.body;
  const changes: string[] = [];
  broker.sessions.subscribe(({ kind }) => changes.push(kind));
  socket.emit("close");
  await settle();
  const live = broker.sessions.get(sessionId);
  assert.equal(live?.session.waitingSinceMs, broker.clock.nowMs());
  const again = new FakeRelaySocket();
  serveRelay(broker, app, again);
  const counts = { receivedBytes: 0, sentBytes: 0 };
  const body = { protocol: "resume", sessionId, resumeSecret, ...counts } as const;
  again.deliver({ type: "OPEN", streamId: 1, body });
  await settle();
  assert.ok(live && !("waitingSinceMs" in live.session));
  const contextId = live.session.contextId;
  assert.ok(broker.contexts.has(contextId), "it is of the relay that is there");
  again.emit("close");
  await settle();
  closeSession(broker, sessionId);
  await settle();
  assert.deepEqual(changes, ["changed", "changed", "changed", "closed"]);
  assert.equal(broker.sessions.size, 0);
  // What waits now is the grace for its app, and the sum of the history.
  await broker.clock.advance(10_000);
  assert.deepEqual(broker.log.errors, []);
});

Deno.test("a connection whose permission ends while it waits ends with it", async () => {
  const broker = fakeBroker();
  const { app, socket } = await served(broker);
  const id = await allow(broker, app.id);
  socket.deliver({ type: "OPEN", streamId: 1, body: { ...plainOpen, reattachable: true } });
  await settle();
  socket.emit("close");
  await settle();
  assert.equal(broker.sessions.size, 1);
  await broker.store.commit({ removals: [{ noun: "grant", id }] });
  reviewSessions(broker, app.id);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("a socket that a grant allows opens, counts its bytes, and is cut when the app is uninstalled", async () => {
  const broker = fakeBroker();
  const { app, socket, relay } = await served(broker);
  await allow(broker, app.id);
  socket.deliver({ type: "OPEN", streamId: 1, body: plainOpen });
  await settle();
  const [opened] = socket.framesOf("OPENED");
  assert.equal(opened?.body.remoteAddress, "93.184.215.14");
  socket.deliver({ type: "DATA", streamId: 1, bytes: new Uint8Array(5) });
  await settle();
  assert.equal(broker.sessions.get(opened?.body.sessionId ?? "")?.session.bytesSent, 5);
  await uninstallApp(broker, app.id, "person");
  await settle();
  assert.equal(broker.sessions.size, 0);
  assert.equal(socket.closedWith?.code, 1008);
  assert.equal(relay.streamCount, 0);
  assert.deepEqual(broker.log.errors, []);
});
