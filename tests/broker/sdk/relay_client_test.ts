/** The app's end of the relay: what is closed while it opens stays closed, and what is lost comes back. @module */
import assert from "node:assert/strict";
import { BrokerApi } from "../../../broker/sdk/broker_api.ts";
import { globalEnvironment } from "../../../broker/sdk/environment.ts";
import { RelayClient } from "../../../broker/sdk/relay_client.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { LoopbackServer, problem, SdkRig } from "./sdk_rig.ts";

/** A WebSocket that opens when the test says so. */
class SlowWebSocket {
  static last: SlowWebSocket | null = null;
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: ((event: { reason: string }) => void) | null = null;
  constructor() {
    SlowWebSocket.last = this;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.({ reason: "" });
  }
  send(): void {
    assert.fail("nothing is sent over a relay that was closed");
  }
}

Deno.test("a relay that is closed while its WebSocket opens does not come up", async () => {
  const environment = {
    ...globalEnvironment(),
    WebSocket: SlowWebSocket as unknown as typeof WebSocket,
  };
  const relay = new RelayClient(
    new BrokerApi(environment, "http://127.0.0.1:1"),
    { onLost: () => assert.fail("nothing was lost"), onRestored: () => assert.fail("nor found") },
  );
  const frame = { protocol: "tcp", remoteAddress: "a.example", remotePort: 1 } as const;
  const listener = { onWaiting() {}, onOpened() {}, onFrame() {}, onClose() {} };
  const options = { credit: 1, noDelay: false, userActivation: false };
  const opening = relay.open({ ...frame, ...options }, listener, new AbortController().signal);
  relay.close();
  SlowWebSocket.last?.open();
  await assert.rejects(opening, { name: "InvalidStateError" });
  assert.equal(SlowWebSocket.last?.readyState, 3);
});

Deno.test("a relay that is lost is opened again by itself, and both are told", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const told: string[] = [];
  const restored = Promise.withResolvers<void>();
  gatehouse.events.addEventListener("relay-lost", ({ detail }) => told.push(detail.message));
  gatehouse.events.addEventListener("relay-restored", ({ detail }) => {
    told.push(`restored ${detail}`);
    restored.resolve();
  });
  assert.equal(rig.calls.filter(({ name }) => name === "GET /events").length, 0);
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await socket.opened;
  rig.crash();
  await assert.rejects(socket.closed, { name: "NetworkError", message: /was lost/ });
  await restored.promise;
  assert.deepEqual(told, ["The connection to the broker was lost.", "restored null"]);
  assert.equal(rig.relays.length, 2);
  const next = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await next.opened;
  assert.equal(rig.relays.length, 2, "it is used by the next socket");
});

Deno.test("while the broker is away it tries on, with pauses; closing ends that", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const delays: number[] = [];
  const fourth = Promise.withResolvers<void>();
  let waiting = 0;
  const gatehouse = await rig.connect({
    setTimer: (delayMs, callback) => {
      delays.push(delayMs);
      waiting++;
      if (delays.length === 6) fourth.resolve();
      else queueMicrotask(callback);
      return () => waiting--;
    },
  });
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await socket.opened;
  rig.refuseRelay = 503;
  rig.crash();
  await fourth.promise;
  assert.deepEqual(delays, [250, 500, 1000, 2000, 2000, 2000]);
  gatehouse.close();
  assert.equal(waiting, 0);
});

Deno.test("an app that the broker refuses does not come back", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  await new TCPSocket("127.0.0.1", server.port, { gatehouse }).opened;
  rig.refuseRelay = 401;
  const asked = Promise.withResolvers<void>();
  rig.answers.set("GET /apps/me", () => {
    asked.resolve();
    return problem("token-unknown", 401);
  });
  let restored = false;
  gatehouse.events.addEventListener("relay-restored", () => restored = true);
  rig.crash();
  await asked.promise;
  await settle();
  assert.equal(rig.relays.length, 1);
  assert.ok(!restored);
});

Deno.test("who closes its connection has lost nothing", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await socket.opened;
  gatehouse.events.addEventListener("relay-lost", () => assert.fail("it was closed, not lost"));
  gatehouse.close();
  await assert.rejects(socket.closed);
  assert.equal(rig.relays.length, 1);
});
