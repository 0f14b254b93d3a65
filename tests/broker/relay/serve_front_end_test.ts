/** Front ends joined to a broker: their context, the sessions that the broker's rules allow, and their end with the app. @module */
import assert from "node:assert/strict";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import { serveTunnel, serveWisp } from "../../../broker/relay/serve_front_end.ts";
import { decodeWispPacket, encodeWispPacket } from "../../../broker/relay/wisp_codec.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { FakeMessageSocket } from "../../fakes/fake_message_socket.ts";
import { connect, utf8 } from "./front_end_rig.ts";

async function allow(broker: FakeBroker, appId: `app_${string}`): Promise<void> {
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
}

Deno.test("a Wisp stream waits for the person; letting go withdraws the question", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const socket = new FakeMessageSocket();
  const wisp = serveWisp(broker, app, socket, 1);
  assert.equal(broker.contexts.count(app.id), 1);
  socket.emit("message", encodeWispPacket(connect(1)), true);
  await settle();
  const [request] = [...broker.store.list("request")];
  assert.equal(request?.target, "example.com:993");
  assert.equal(socket.sent.length, 1, "the first CONTINUE alone");
  socket.emit("message", Uint8Array.of(4, 1, 0, 0, 0, 2), true);
  await settle();
  assert.deepEqual([...broker.store.list("request")].filter(({ outcome }) => !outcome), []);
  socket.emit("close");
  await wisp.closed;
  await settle();
  assert.equal(broker.contexts.count(app.id), 0);
  assert.equal(broker.clock.waiting, 0);
  assert.deepEqual(broker.log.errors, []);
});

Deno.test("a front end opens what a grant allows, counts its bytes, and ends with its app", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await allow(broker, app.id);
  const [wispSocket, tunnelSocket] = [new FakeMessageSocket(), new FakeMessageSocket()];
  serveWisp(broker, app, wispSocket, 1);
  serveTunnel(broker, app, tunnelSocket, { host: "EXAMPLE.com", port: 993 });
  wispSocket.emit("message", encodeWispPacket(connect(1)), true);
  await settle();
  wispSocket.emit(
    "message",
    encodeWispPacket({ type: "DATA", streamId: 1, bytes: utf8("12345") }),
    true,
  );
  tunnelSocket.emit("message", utf8("1234567"), true);
  await settle();
  const sessions = [...broker.sessions.list()].map(({ session }) => session);
  assert.deepEqual(
    sessions.map(({ target, bytesSent }) => `${target} ${bytesSent}`).sort(),
    ["example.com:993 5", "example.com:993 7"],
  );
  assert.equal(new Set(sessions.map(({ contextId }) => contextId)).size, 2);
  await uninstallApp(broker, app.id, "person");
  await settle();
  assert.equal(broker.sessions.size, 0);
  assert.equal(decodeWispPacket(wispSocket.sent.at(-1)!).type, "CLOSE");
  assert.equal(wispSocket.closedWith?.code, 1008);
  assert.ok(tunnelSocket.closedWith);
  assert.deepEqual(broker.log.errors, []);
});

Deno.test("what the app's limits refuse is told in the protocol's own words", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await allow(broker, app.id);
  const socket = new FakeMessageSocket();
  serveWisp(broker, app, socket, 1);
  for (let streamId = 1; streamId <= 300; streamId++) {
    socket.emit("message", encodeWispPacket(connect(streamId)), true);
  }
  await settle();
  const reasons = socket.sent.map((message) => decodeWispPacket(message))
    .filter((packet) => packet.type === "CLOSE").map(({ reason }) => reason);
  assert.ok(reasons.length > 0 && reasons.length < 300, `${reasons.length} were refused`);
  assert.deepEqual(new Set(reasons), new Set([0x49]));
});
