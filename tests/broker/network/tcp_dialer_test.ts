import assert from "node:assert/strict";
import { ConnectError, type DialOptions } from "../../../broker/actions/ports.ts";
import {
  connectTimeoutMs,
  interleaveFamilies,
  staggerMs,
  TcpDialer,
} from "../../../broker/network/tcp_dialer.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";

const options: DialOptions = {
  noDelay: true,
  keepAlive: true,
  signal: new AbortController().signal,
};

function fails(code: string, phase = "connect") {
  return (fault: unknown) => {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.equal(fault.error.code, code);
    assert.equal(fault.error.phase, phase);
    assert.doesNotMatch(fault.message, /\d+\.\d+\.\d+\.\d+|::|os error/);
    return true;
  };
}

/** Stands in for `Deno.connect`: every attempt waits until the test settles it. */
class FakeConnect {
  readonly attempts: {
    hostname: string;
    signal: AbortSignal;
    succeed: (remoteAddress?: string) => FakeConn;
    fail: (code: string) => void;
  }[] = [];

  readonly connect = (
    { hostname = "", signal }: Deno.ConnectOptions & { signal: AbortSignal },
  ): Promise<Deno.TcpConn> => {
    const { promise, resolve, reject } = Promise.withResolvers<Deno.TcpConn>();
    signal.addEventListener("abort", () => reject(signal.reason));
    this.attempts.push({
      hostname,
      signal,
      succeed: (remoteAddress = hostname) => {
        const conn = new FakeConn(remoteAddress);
        // Of `Deno.TcpConn` the dialer uses only what the fake has.
        resolve(conn as unknown as Deno.TcpConn);
        return conn;
      },
      fail: (code) => reject(Object.assign(new Error(`${hostname} (os error)`), { code })),
    });
    return promise;
  };

  get dialed(): string[] {
    return this.attempts.map(({ hostname }) => hostname);
  }
}

class FakeConn {
  closed = false;
  readonly set: string[] = [];
  readonly localAddr = { hostname: "127.0.0.1", port: 1 };
  readonly remoteAddr: { hostname: string; port: number };
  constructor(hostname: string) {
    this.remoteAddr = { hostname, port: 2 };
  }
  setNoDelay(on: boolean): void {
    this.set.push(`noDelay ${on}`);
  }
  setKeepAlive(on: boolean): void {
    this.set.push(`keepAlive ${on}`);
  }
  close(): void {
    this.closed = true;
  }
}

function fakeDialer() {
  const clock = new FakeClock();
  const fake = new FakeConnect();
  const dialer = new TcpDialer({ clock, connect: fake.connect });
  return { clock, fake, dialer };
}

Deno.test("a real server is reached, both ways, with half-close", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const dialer = new TcpDialer({ clock: new FakeClock() });
  const [connection, peer] = await Promise.all([
    dialer.connectTcp(["127.0.0.1"], port, options),
    listener.accept(),
  ]);
  assert.deepEqual(connection.remote, { address: "127.0.0.1", port });
  assert.deepEqual(connection.local, {
    address: peer.remoteAddr.hostname,
    port: peer.remoteAddr.port,
  });
  const big = new Uint8Array(3_000_000).map((_, n) => n);
  const writing = connection.write(big).then(() => connection.closeWrite());
  assert.deepEqual(new Uint8Array(await new Response(peer.readable).arrayBuffer()), big);
  await writing;
  connection.close();
  connection.close();
  await assert.rejects(connection.write(new Uint8Array(1)), ConnectError);
  await assert.rejects(connection.closeWrite(), ConnectError);
});

Deno.test("the peer's FIN reads as null, and writing still works", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dialer = new TcpDialer({ clock: new FakeClock() });
  const [connection, peer] = await Promise.all([
    dialer.connectTcp(["127.0.0.1"], listener.addr.port, options),
    listener.accept(),
  ]);
  using _peer = peer;
  await peer.closeWrite();
  assert.equal(await connection.read(new Uint8Array(8)), null);
  await connection.write(new TextEncoder().encode("late"));
  const buffer = new Uint8Array(8);
  assert.equal(await peer.read(buffer), 4);
  connection.close();
});

Deno.test("closing ends a read that waits", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dialer = new TcpDialer({ clock: new FakeClock() });
  const [connection, peer] = await Promise.all([
    dialer.connectTcp(["127.0.0.1"], listener.addr.port, options),
    listener.accept(),
  ]);
  using _peer = peer;
  const reading = assert.rejects(connection.read(new Uint8Array(8)), ConnectError);
  connection.close();
  await reading;
});

Deno.test("a port where nothing listens refuses", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const dialer = new TcpDialer({ clock: new FakeClock() });
  await assert.rejects(
    dialer.connectTcp(["127.0.0.1"], port, options),
    fails("connection-refused"),
  );
});

Deno.test("an address that refuses gives way to the next at once", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const dialer = new TcpDialer({ clock: new FakeClock() });
  const connection = await dialer.connectTcp(["127.0.0.2", "127.0.0.1"], port, options);
  assert.equal(connection.remote.address, "127.0.0.1");
  connection.close();
  (await listener.accept()).close();
});

Deno.test("families alternate, IPv6 first, each in the order given", () => {
  const rows: [string[], string[]][] = [
    [[], []],
    [["192.0.2.1"], ["192.0.2.1"]],
    [["192.0.2.1", "192.0.2.2", "2001:db8::1"], ["2001:db8::1", "192.0.2.1", "192.0.2.2"]],
    [["::1", "::2", "::3", "192.0.2.1"], ["::1", "192.0.2.1", "::2", "::3"]],
  ];
  for (const [given, ordered] of rows) assert.deepEqual(interleaveFamilies(given), ordered);
});

Deno.test("a name is never dialed, nor an address in another spelling", async () => {
  for (const text of ["localhost", "example.com", "0x7f.1", "2130706433", "[::1]", ""]) {
    const { dialer, fake } = fakeDialer();
    await assert.rejects(
      dialer.connectTcp(["192.0.2.1", text], 80, options),
      fails("internal-error"),
    );
    assert.deepEqual(fake.dialed, []);
  }
});

Deno.test("the next address is tried after 250 ms, and the first that answers wins", async () => {
  const { clock, dialer, fake } = fakeDialer();
  const dialing = dialer.connectTcp(["192.0.2.1", "2001:db8::1", "192.0.2.2"], 80, options);
  assert.deepEqual(fake.dialed, ["2001:db8::1"]);
  await clock.advance(staggerMs - 1);
  assert.deepEqual(fake.dialed, ["2001:db8::1"]);
  await clock.advance(1);
  assert.deepEqual(fake.dialed, ["2001:db8::1", "192.0.2.1"]);
  const winner = fake.attempts[1]?.succeed();
  assert.deepEqual((await dialing).remote, { address: "192.0.2.1", port: 80 });
  assert.deepEqual(winner?.set, ["noDelay true", "keepAlive true"]);
  assert.ok(fake.attempts[0]?.signal.aborted);
  await clock.advance(connectTimeoutMs);
  assert.deepEqual(fake.dialed, ["2001:db8::1", "192.0.2.1"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("a connection that loses the race is closed", async () => {
  const { clock, dialer, fake } = fakeDialer();
  const dialing = dialer.connectTcp(["192.0.2.1", "192.0.2.2"], 80, options);
  await clock.advance(staggerMs);
  const winner = fake.attempts[0]?.succeed();
  const loser = fake.attempts[1]?.succeed();
  await dialing;
  await settle();
  assert.equal(winner?.closed, false);
  assert.equal(loser?.closed, true);
});

Deno.test("a connection that led elsewhere is closed and is an error", async () => {
  const { dialer, fake } = fakeDialer();
  const dialing = dialer.connectTcp(["192.0.2.1"], 80, options);
  const given = assert.rejects(dialing, fails("internal-error"));
  const conn = fake.attempts[0]?.succeed("127.0.0.1");
  await given;
  assert.equal(conn?.closed, true);
});

Deno.test("the same address in another spelling is the same address", async () => {
  const { dialer, fake } = fakeDialer();
  const dialing = dialer.connectTcp(["2001:db8::1"], 80, options);
  fake.attempts[0]?.succeed("2001:db8:0:0::1");
  assert.equal((await dialing).remote.address, "2001:db8::1");
});

Deno.test("20 s are all there is", async () => {
  const { clock, dialer, fake } = fakeDialer();
  const given = assert.rejects(
    dialer.connectTcp(["192.0.2.1", "192.0.2.2"], 80, options),
    fails("connection-timed-out"),
  );
  await clock.advance(connectTimeoutMs);
  await given;
  assert.ok(fake.attempts.every(({ signal }) => signal.aborted));
  assert.equal(clock.waiting, 0);
});

Deno.test("an app that gives up ends every attempt", async () => {
  const { clock, dialer, fake } = fakeDialer();
  const aborter = new AbortController();
  const given = assert.rejects(
    dialer.connectTcp(["192.0.2.1"], 80, { ...options, signal: aborter.signal }),
    fails("withdrawn"),
  );
  aborter.abort();
  await given;
  assert.ok(fake.attempts[0]?.signal.aborted);
  assert.equal(clock.waiting, 0);
  await assert.rejects(
    dialer.connectTcp(["192.0.2.1"], 80, { ...options, signal: aborter.signal }),
    fails("withdrawn"),
  );
});

Deno.test("what the system says becomes a code, and of several the one that says most", async () => {
  const rows: [string[], string][] = [
    [["ECONNREFUSED"], "connection-refused"],
    [["ECONNRESET"], "connection-reset"],
    [["ETIMEDOUT"], "connection-timed-out"],
    [["ENETUNREACH"], "unreachable"],
    [["EHOSTUNREACH"], "unreachable"],
    [["EADDRNOTAVAIL"], "unreachable"],
    [["EMFILE"], "limited"],
    [["EWHATEVER"], "internal-error"],
    [["ENETUNREACH", "ECONNREFUSED"], "connection-refused"],
    [["ECONNREFUSED", "ENETUNREACH"], "connection-refused"],
    [["EHOSTUNREACH", "ETIMEDOUT"], "connection-timed-out"],
  ];
  for (const [systemCodes, code] of rows) {
    const { dialer, fake } = fakeDialer();
    const addresses = systemCodes.map((_, n) => `192.0.2.${n}`);
    const given = assert.rejects(dialer.connectTcp(addresses, 80, options), fails(code));
    for (const [n, systemCode] of systemCodes.entries()) {
      fake.attempts[n]?.fail(systemCode);
      await settle();
    }
    await given;
  }
});

Deno.test("no address is no connection", async () => {
  const { dialer } = fakeDialer();
  await assert.rejects(dialer.connectTcp([], 80, options), fails("unreachable"));
});
