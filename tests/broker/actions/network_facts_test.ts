import assert from "node:assert/strict";
import { askPublicAddress } from "../../../broker/actions/ask_public_address.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { readNetworkFacts } from "../../../broker/actions/read_network_facts.ts";
import { SystemUdp } from "../../../broker/network/udp_sockets.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { fakeApp, type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";

const ask = { reason: null, userActivation: false };
const signal = new AbortController().signal;

async function running(duration: Duration | null): Promise<{ broker: FakeBroker; app: App }> {
  const broker = fakeBroker();
  const app = fakeApp(broker);
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
  if (duration === null) return { broker, app };
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
        capability: "network-info",
        target: "*",
        spaces: ["public"],
        duration,
        createdAtMs: 0,
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  return { broker, app };
}

Deno.test("an app that may know is told; of public addresses nobody is asked unless policy names a server", async () => {
  const { broker, app } = await running({ kind: "always" });
  assert.deepEqual(await readNetworkFacts(broker, app.id, ask, signal), {
    online: true,
    kind: "wifi",
    metered: false,
    dataSaver: null,
    addresses: [
      { address: "192.168.7.7", family: 4, space: "local", interfaceName: "wlan0" },
      { address: "2606:2800:220:1::1", family: 6, space: "public", interfaceName: "wlan0" },
    ],
    publicAddresses: { ipv4: null, ipv6: null },
  });
  assert.equal(broker.resolver.asked.length, 0);
});

Deno.test("an app that may not know asks; a once-only answer is good for one reading", async () => {
  const { broker, app } = await running({ kind: "once" });
  await readNetworkFacts(broker, app.id, ask, signal);
  assert.deepEqual([...broker.store.list("grant")], []);
  const stop = new AbortController();
  const again = readNetworkFacts(broker, app.id, ask, stop.signal);
  const refused = assert.rejects(
    again,
    (fault) => fault instanceof ConnectError && fault.error.code === "withdrawn",
  );
  await settle();
  const [request] = [...broker.store.list("request")];
  assert.deepEqual([request?.capability, request?.target], ["network-info", "*"]);
  stop.abort();
  await refused;
});

Deno.test("a STUN server is asked over each family that it has; one that is silent or lies is not believed", async () => {
  const { broker } = await running(null);
  const server = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { port } = server.addr as Deno.NetAddr;
  const replies: ((request: Uint8Array) => Uint8Array[])[] = [];
  const serving = (async () => {
    for await (const [request, peer] of server) {
      for (const reply of replies.shift()?.(request) ?? []) await server.send(reply, peer);
    }
  })();
  const real = { ...broker, clock: systemClock, udp: new SystemUdp() };
  broker.policy.replace({ stunServer: `127.0.0.1:${port}` });
  const answer = (request: Uint8Array) => {
    const reply = new Uint8Array(32);
    reply.set(request);
    // A success with 198.51.100.7 under the cookie of XOR-MAPPED-ADDRESS.
    reply.set([0x01, 0x01, 0, 12]);
    reply.set([0, 0x20, 0, 8, 0, 1, 0, 0, 198 ^ 0x21, 51 ^ 0x12, 100 ^ 0xa4, 7 ^ 0x42], 20);
    return reply;
  };
  const forged = (request: Uint8Array) => answer(request).with(9, (request[9] ?? 0) ^ 1);
  replies.push((request) => [forged(request), answer(request)]);
  assert.deepEqual(await askPublicAddress(real), { ipv4: "198.51.100.7", ipv6: null });
  // The first request is lost: it is sent again.
  replies.push(() => [], (request) => [answer(request)]);
  assert.deepEqual(await askPublicAddress(real), { ipv4: "198.51.100.7", ipv6: null });
  broker.policy.replace({ stunServer: "stun.example:3478" });
  assert.deepEqual(await askPublicAddress(broker), { ipv4: null, ipv6: null });
  server.close();
  await serving.catch(() => {});
});
