/**
 * DNS rebinding: ten thousand connections by name against a name server that lies in every way it can, through the real
 * resolver and the whole action. Nothing but public addresses is ever dialed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { endSpans } from "../../../broker/actions/session_history.ts";
import { type Broker, ConnectError } from "../../../broker/actions/ports.ts";
import { classifyAddress } from "../../../broker/core/address_space.ts";
import { defaultRateLimits } from "../../../broker/core/rate_limits.ts";
import { DnsResolver } from "../../../broker/network/resolver.ts";
import { type DnsQuestion, type DnsReply, DnsServer } from "../../fakes/dns_server.ts";
import { fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const attempts = 10_000;
const atOnce = 64;
const ownAddress = "93.184.216.40";
const publicAddress = "93.184.216.34";

type Trick = (question: DnsQuestion, turn: number) => DnsReply;

const a = (...addresses: string[]): DnsReply => ({
  records: addresses.map((data) => ({ type: "A", data })),
});
const aaaa = (...addresses: string[]): DnsReply => ({
  records: addresses.map((data) => ({ type: "AAAA", data })),
});
const byType = (four: DnsReply, six: DnsReply): Trick => ({ type }) => type === "A" ? four : six;

/** What the name server says, by the first label of the name; `turn` counts the questions for that label. */
const tricks: Record<string, Trick> = {
  honest: byType(a(publicAddress), aaaa("2606:2800:220:1::1")),
  alternating: ({ type }, turn) =>
    type === "A" ? a(turn % 4 < 2 ? publicAddress : "127.0.0.1") : {},
  mixed: byType(a(publicAddress, "192.168.1.1"), {}),
  split: byType(a(publicAddress), aaaa("fd00::1")),
  chained: ({ type }) => ({
    records: [
      { type: "CNAME", data: "one.example.net" },
      { name: "one.example.net", type: "CNAME", data: "two.example.net" },
      ...(type === "A" ? [{ name: "two.example.net", type, data: "10.0.0.1" }] : []),
    ],
  }),
  truncated: ({ type }) => type === "A" ? { ...a("172.16.0.1"), truncate: true } : {},
  mapped: byType(a(publicAddress), aaaa("::ffff:7f00:1")),
  nat64: byType({}, aaaa("64:ff9b::a9fe:a9fe")),
  metadata: byType(a("169.254.169.254"), {}),
  unspecified: byType(a("0.0.0.0"), aaaa("::")),
  own: byType(a(ownAddress), {}),
  many: byType(a(...Array.from({ length: 30 }, (_, n) => `93.184.217.${n}`), "127.0.0.1"), {}),
  multicast: byType(a("224.0.0.251"), aaaa("ff02::fb")),
  failing: () => ({ code: 2 }),
};
const labels = Object.keys(tricks);

async function rebinding() {
  const turns = new Map<string, number>();
  const server = new DnsServer((question) => {
    const [label = ""] = question.name.split(".");
    const turn = turns.get(label) ?? 0;
    turns.set(label, turn + 1);
    return tricks[label]?.(question, turn) ?? {};
  });
  const fake = fakeBroker();
  // No limit stands between the liar and the resolver.
  const unlimited = { perMinute: 1_000_000, concurrent: 1_000_000 };
  fake.policy.replace({ limits: { ...defaultRateLimits, app: unlimited, target: unlimited } });
  const broker: Broker = {
    ...fake,
    resolver: new DnsResolver({ clock: fake.clock, nameServer: server.nameServer }),
    machine: { ...fake.machine, ownAddresses: () => new Set([ownAddress]) },
  };
  const app = await installedApp(fake);
  const id = fake.secrets.newId("grant");
  await fake.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId: app.id,
        capability: "tcp-connect",
        target: "*.example.com:993",
        spaces: ["public"],
        duration: { kind: "always" },
        createdAtMs: fake.clock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  /** `opened`, or the code of the error. */
  const connect = async (remoteAddress: string): Promise<string> => {
    const opening = openTcpSession(broker, app.id, {
      contextId: fake.secrets.newId("ctx"),
      remoteAddress,
      remotePort: 993,
      noDelay: true,
      keepAlive: false,
      reason: null,
      userActivation: false,
    }, { signal: new AbortController().signal, onWaiting: () => {}, onCut: () => {} });
    try {
      (await opening).end(null);
      return "opened";
    } catch (fault) {
      assert.ok(fault instanceof ConnectError, String(fault));
      return fault.error.code;
    }
  };
  return { fake, server, connect, [Symbol.asyncDispose]: () => server.close() };
}

Deno.test("ten thousand connections by name: none reaches an address that is not public", async () => {
  await using rig = await rebinding();
  const { fake, server, connect } = rig;
  const outcomes = new Map(labels.map((label) => [label, new Map<string, number>()]));
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < attempts; n = next++) {
      const label = labels[n % labels.length] ?? "";
      const outcome = await connect(`${label}.n${n % 100}.example.com`);
      const counts = outcomes.get(label);
      counts?.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));

  const own = new Set([ownAddress]);
  for (const { addresses } of fake.dialer.dialed) {
    for (const address of addresses) {
      assert.equal(classifyAddress(address, own).space, "public", address);
    }
  }
  // What may open does, so that the name server was not lying to nobody.
  const seen = (label: string) => [...outcomes.get(label)?.keys() ?? []].sort();
  assert.deepEqual(seen("honest"), ["opened"]);
  assert.deepEqual(seen("alternating"), ["denied", "opened"]);
  assert.deepEqual(seen("failing"), ["name-not-resolved"]);
  for (const label of labels) {
    if (["honest", "alternating", "failing"].includes(label)) continue;
    assert.deepEqual(seen(label), ["denied"], label);
  }
  assert.ok(server.asked.length >= 2 * attempts, "every name was looked up anew");
  assert.ok(server.asked.some(({ transport }) => transport === "tcp"));
  endSpans(fake);
  assert.equal(fake.clock.waiting, 0);
});

const undialed: [string, string][] = [
  ["localhost", "denied"],
  ["mail.localhost", "denied"],
  ["LOCALHOST.", "denied"],
  ["foo.127.0.0.1", "invalid-target"],
  ["example.1", "invalid-target"],
  ["example.0x7f", "invalid-target"],
];
for (const [name, code] of undialed) {
  Deno.test(`${name} never goes to DNS: ${code}`, async () => {
    await using rig = await rebinding();
    assert.equal(await rig.connect(name), code);
    assert.deepEqual(rig.server.asked, []);
    assert.deepEqual(rig.fake.dialer.dialed, []);
  });
}
