/** UDP sockets of the system: what goes through, what is let in, what is refused. @module */
import assert from "node:assert/strict";
import { ConnectError, type UdpSocket } from "../../../broker/actions/ports.ts";
import { SystemUdp } from "../../../broker/network/udp_sockets.ts";
import type { BindUdpOptions } from "../../../broker/actions/ports.ts";

const udp = new SystemUdp();

const bindOptions: BindUdpOptions = {
  ...{ address: "127.0.0.1", port: null, ipv6Only: false, sharesAddress: false },
  ...{ multicastTimeToLive: 1, multicastLoopback: true },
};

/** A socket and what it received, one after the other. */
class Ears implements Disposable {
  readonly faults: ConnectError[] = [];
  readonly #heard: { text: string; from: string; port: number }[] = [];
  #arrived = Promise.withResolvers<void>();

  constructor(readonly socket: UdpSocket) {
    socket.receive({
      onDatagram: (bytes, { address, port }) => {
        this.#heard.push({ text: new TextDecoder().decode(bytes), from: address, port });
        this.#arrived.resolve();
      },
      onFault: (fault) => this.faults.push(fault),
    });
  }

  static async bound(more: Partial<BindUdpOptions> = {}): Promise<Ears> {
    return new Ears(await udp.bind({ ...bindOptions, ...more }));
  }

  /** The next that it hears. */
  async next() {
    while (this.#heard.length === 0) {
      await this.#arrived.promise;
      this.#arrived = Promise.withResolvers();
    }
    const heard = this.#heard.shift();
    assert.ok(heard);
    return heard;
  }

  send(text: string, to: { address: string; port: number }): Promise<void> {
    return this.socket.send(new TextEncoder().encode(text), to);
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}

async function codeOf(outcome: Promise<unknown>): Promise<string> {
  try {
    await outcome;
  } catch (fault) {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.doesNotMatch(fault.error.message, /\d+\.\d+\.\d+/, "no address is told");
    return fault.error.code;
  }
  return "sent";
}

Deno.test("connected: datagrams of any length go both ways, whole, and only the peer's come in", async () => {
  using peer = await Ears.bound();
  using other = await Ears.bound();
  using ears = new Ears(await udp.connect(peer.socket.local));
  const { local } = ears.socket;
  assert.equal(local.address, "127.0.0.1", "nobody beyond this computer reaches it");
  for (const length of [0, 1, 1500, 65_507]) {
    await ears.send("x".repeat(length), peer.socket.local);
    assert.equal((await peer.next()).text.length, length);
    await other.send("intruder", local);
    await peer.send("y".repeat(length), local);
    assert.deepEqual((await ears.next()).text, "y".repeat(length));
  }
  assert.equal(await codeOf(ears.send("x".repeat(65_508), peer.socket.local)), "message-too-big");
});

Deno.test("connected over IPv6", async () => {
  using peer = await Ears.bound({ address: "::1" });
  using ears = new Ears(await udp.connect(peer.socket.local));
  await ears.send("six", peer.socket.local);
  const { text, port } = await peer.next();
  assert.equal(text, "six");
  await peer.send("back", { address: "::1", port });
  assert.deepEqual([(await ears.next()).from, ears.faults], ["::1", []]);
});

Deno.test("bound: the other end is named, canonically, and any can be sent to", async () => {
  using ears = await Ears.bound({ address: "::" });
  using four = await Ears.bound();
  using six = await Ears.bound({ address: "::1" });
  const { port } = ears.socket.local;
  await four.send("four", { address: "127.0.0.1", port });
  assert.deepEqual(await ears.next(), {
    ...{ text: "four", from: "127.0.0.1", port: four.socket.local.port },
  });
  await six.send("six", { address: "::1", port });
  assert.deepEqual((await ears.next()).from, "::1");
  await ears.send("to four", four.socket.local);
  assert.equal((await four.next()).text, "to four");
  assert.equal(await codeOf(ears.send("x".repeat(65_528), four.socket.local)), "message-too-big");
});

Deno.test("ipv6Only leaves the port to IPv4", async () => {
  using six = await Ears.bound({ address: "::", ipv6Only: true });
  const { port } = six.socket.local;
  using four = await Ears.bound({ address: "0.0.0.0", port });
  using sender = await Ears.bound();
  await sender.send("four", { address: "127.0.0.1", port });
  assert.equal((await four.next()).text, "four");
});

Deno.test("a taken port is refused, unless both share it", async () => {
  using ears = await Ears.bound();
  const { port } = ears.socket.local;
  assert.equal(await codeOf(udp.bind({ ...bindOptions, port })), "address-in-use");
  assert.equal(await codeOf(udp.bind({ ...bindOptions, address: "192.0.2.199" })), "unreachable");
  using sharing = await Ears.bound({ sharesAddress: true });
  using second = await Ears.bound({ sharesAddress: true, port: sharing.socket.local.port });
  assert.equal(second.socket.local.port, sharing.socket.local.port);
});

Deno.test("the system itself refuses to broadcast", async () => {
  using ears = await Ears.bound({ address: "0.0.0.0" });
  assert.equal(
    await codeOf(ears.send("all", { address: "255.255.255.255", port: 9 })),
    "unreachable",
  );
  for (const { family, cidr, address } of Deno.networkInterfaces()) {
    if (family !== "IPv4" || !cidr.endsWith("/24")) continue;
    const everyone = address.replace(/\d+$/, "255");
    assert.equal(await codeOf(ears.send("all", { address: everyone, port: 9 })), "unreachable");
  }
});

Deno.test("groups are heard once joined, and no more once left", async () => {
  using ears = await Ears.bound({ address: "0.0.0.0", sharesAddress: true });
  using sender = await Ears.bound({ address: "0.0.0.0" });
  const { port } = ears.socket.local;
  const group = { address: "239.192.7.1", source: null };
  ears.socket.join(group);
  assert.throws(() => ears.socket.join(group), ConnectError);
  assert.throws(() => ears.socket.join({ address: "192.0.2.1", source: null }), ConnectError);
  await sender.send("to the group", { address: group.address, port });
  assert.equal((await ears.next()).text, "to the group");
  ears.socket.leave(group);
  ears.socket.leave(group);
  await sender.send("unheard", { address: group.address, port });
  await sender.send("last", { address: "127.0.0.1", port });
  assert.equal((await ears.next()).text, "last");
});

Deno.test("of a group joined for one source, others are not heard", async () => {
  using ears = await Ears.bound({ address: "0.0.0.0" });
  using sender = await Ears.bound({ address: "0.0.0.0" });
  const { port } = ears.socket.local;
  ears.socket.join({ address: "232.7.7.7", source: "192.0.2.77" });
  await sender.send("unheard", { address: "232.7.7.7", port });
  await sender.send("last", { address: "127.0.0.1", port });
  assert.equal((await ears.next()).text, "last");
});

Deno.test("without loopback this machine does not hear itself", async () => {
  using ears = await Ears.bound({ address: "0.0.0.0" });
  using sender = await Ears.bound({ address: "0.0.0.0", multicastLoopback: false });
  const { port } = ears.socket.local;
  ears.socket.join({ address: "239.192.7.2", source: null });
  await sender.send("unheard", { address: "239.192.7.2", port });
  await sender.send("last", { address: "127.0.0.1", port });
  assert.equal((await ears.next()).text, "last");
});

Deno.test("what is called after the end does nothing, or is refused", async () => {
  using peer = await Ears.bound();
  for (const socket of [await udp.connect(peer.socket.local), await udp.bind(bindOptions)]) {
    const ears = new Ears(socket);
    socket.close();
    socket.close();
    socket.leave({ address: "239.192.7.2", source: null });
    assert.throws(() => socket.join({ address: "239.192.7.2", source: null }), ConnectError);
    assert.notEqual(await codeOf(ears.send("late", peer.socket.local)), "sent");
    assert.deepEqual(ears.faults, []);
  }
});

Deno.test("a flood of datagrams leaves time for others", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-net", floodScript],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const into = child.stdin.getWriter();
  const { value = "" } = await out.read();
  const socket = await udp.connect({ address: "127.0.0.1", port: Number(value) });
  const flooding = Promise.withResolvers<void>();
  let count = 0;
  socket.receive({
    // Slower than they come, so that the next is always there.
    onDatagram() {
      if (++count === 10) flooding.resolve();
      for (const untilMs = performance.now() + 0.5; performance.now() < untilMs;);
    },
    onFault() {},
  });
  try {
    await into.write(new TextEncoder().encode(`${socket.local.port}`));
    await flooding.promise;
    // Without breath between the datagrams the first of these timers would never come.
    for (let turn = 0; turn < 10; turn++) await new Promise((done) => setTimeout(done, 1));
    assert.ok(count > 20, `${count} datagrams came meanwhile`);
  } finally {
    socket.close();
    await into.close();
    await out.cancel();
    await child.status;
  }
});

/** Sends without end to the port that it is told, until its input ends. */
const floodScript = `
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  console.log(socket.addr.port);
  const told = new Uint8Array(8);
  const port = Number(new TextDecoder().decode(told.subarray(0, await Deno.stdin.read(told))));
  Deno.stdin.read(told).then(() => Deno.exit(0));
  const to = { transport: "udp", hostname: "127.0.0.1", port };
  for (let n = 0;; n++) {
    await socket.send(new Uint8Array(16), to);
    if (n % 100 === 0) await new Promise((done) => setTimeout(done, 0));
  }
`;
