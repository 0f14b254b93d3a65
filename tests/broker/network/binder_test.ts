/** Listening on real sockets of loopback: exactly where it was decided, and through faults. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { SystemBinder } from "../../../broker/network/binder.ts";
import { acceptRetryMs } from "../../../broker/network/tcp_listener.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";

const plain = { ipv6Only: false };

function binder(): SystemBinder {
  return new SystemBinder({ clock: new FakeClock() });
}

Deno.test("a listener is bound to the address that was named, and to no other", async () => {
  const listener = binder().listenTcp("127.0.0.1", null, plain);
  const { port } = listener.local;
  assert.equal(listener.local.address, "127.0.0.1");
  assert.ok(port > 0);
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.2", port }),
    Deno.errors.ConnectionRefused,
  );
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  const connection = await listener.accept();
  assert.deepEqual(connection?.local, { address: "127.0.0.1", port });
  assert.deepEqual(connection?.remote, {
    address: "127.0.0.1",
    port: (client.localAddr as Deno.NetAddr).port,
  });
  await client.write(Uint8Array.of(7));
  const bytes = new Uint8Array(4);
  assert.equal(await connection?.read(bytes), 1);
  assert.equal(bytes[0], 7);
  connection?.close();
  client.close();
  listener.close();
  listener.close();
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.1", port }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("an address that is in use, or not this computer's, says so without naming it", () => {
  const first = binder().listenTcp("127.0.0.1", null, plain);
  const rows: [string, number | null, string, RegExp][] = [
    ["127.0.0.1", first.local.port, "address-in-use", /another program uses/i],
    ["192.0.2.1", null, "unreachable", /no such address/],
  ];
  for (const [address, port, code, message] of rows) {
    assert.throws(() => binder().listenTcp(address, port, plain), (fault) => {
      assert.ok(fault instanceof ConnectError, address);
      assert.deepEqual([fault.error.code, fault.error.phase], [code, "connect"], address);
      assert.match(fault.error.message, message);
      assert.ok(!fault.error.message.includes(address));
      return true;
    });
  }
  first.close();
});

Deno.test("a port that the system keeps to its administrator says so", () => {
  const refused = Object.assign(new Deno.errors.PermissionDenied("os error 13"), {
    code: "EACCES",
  });
  const listening = new SystemBinder({
    clock: new FakeClock(),
    listen: () => {
      throw refused;
    },
  });
  assert.throws(() => listening.listenTcp("127.0.0.1", 80, plain), {
    name: "ConnectError",
    message: /administrator/,
  });
});

Deno.test("the kernel is told how many may wait, within what it can be told", () => {
  const told: (number | undefined)[] = [];
  const listening = new SystemBinder({
    clock: new FakeClock(),
    listen: (options) => {
      told.push(options.tcpBacklog);
      return Deno.listen(options);
    },
  });
  for (const backlog of [1, 0xffffffff]) {
    listening.listenTcp("127.0.0.1", null, { ...plain, backlog }).close();
  }
  listening.listenTcp("127.0.0.1", null, plain).close();
  assert.deepEqual(told, [1, 0x7fffffff, undefined]);
});

Deno.test("on :: IPv4 peers are told by their own address, and turned away where IPv6 alone is wanted", async () => {
  const both = binder().listenTcp("::", null, plain);
  const client = await Deno.connect({ hostname: "127.0.0.1", port: both.local.port });
  const connection = await both.accept();
  assert.equal(connection?.remote.address, "127.0.0.1");
  assert.equal(connection?.local.address, "127.0.0.1");
  connection?.close();
  client.close();
  both.close();

  const only = binder().listenTcp("::", null, { ipv6Only: true });
  const stranger = await Deno.connect({ hostname: "127.0.0.1", port: only.local.port });
  const welcome = await Deno.connect({ hostname: "::1", port: only.local.port });
  const accepted = await only.accept();
  assert.equal(accepted?.remote.address, "::1");
  assert.equal(await stranger.read(new Uint8Array(1)).catch(() => null), null);
  accepted?.close();
  for (const conn of [stranger, welcome]) conn.close();
  only.close();
});

Deno.test("closing ends the wait for a connection", async () => {
  const listener = binder().listenTcp("127.0.0.1", null, plain);
  const accepting = listener.accept();
  await settle();
  listener.close();
  assert.equal(await accepting, null);
  assert.equal(await listener.accept(), null);
});

Deno.test("faults of accepting are waited out, not spun on, and closing ends that wait too", async () => {
  const clock = new FakeClock();
  let faults = 3;
  let attempts = 0;
  const listening = new SystemBinder({
    clock,
    listen: (options) => {
      const real = Deno.listen(options);
      const accept = real.accept.bind(real);
      return Object.assign(real, {
        accept: () => {
          attempts++;
          if (faults-- <= 0) return accept();
          const fault = new Error("Too many open files (os error 24)");
          return Promise.reject(Object.assign(fault, { code: "EMFILE" }));
        },
      });
    },
  });
  const listener = listening.listenTcp("127.0.0.1", null, plain);
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.local.port });
  const accepting = listener.accept();
  await settle();
  assert.equal(attempts, 1, "no spin while nothing has changed");
  for (let n = 0; n < 3; n++) {
    await clock.advance(acceptRetryMs);
    await settle();
  }
  (await accepting)?.close();
  assert.equal(attempts, 4);

  faults = Infinity;
  const waiting = listener.accept();
  await settle();
  listener.close();
  assert.equal(await waiting, null);
  assert.equal(clock.waiting, 0);
  client.close();
});
