/** A relay joined to a broker: its context, the sockets that the broker's rules allow, and its end with the app. @module */
import assert from "node:assert/strict";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import { serveRelay } from "../../../broker/relay/serve_relay.ts";
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

Deno.test("a socket that a grant allows opens, counts its bytes, and is cut when the app is uninstalled", async () => {
  const broker = fakeBroker();
  const { app, socket, relay } = await served(broker);
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
        appId: app.id,
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
