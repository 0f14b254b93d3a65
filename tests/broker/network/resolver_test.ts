import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { DnsResolver, lookupTimeoutMs } from "../../../broker/network/resolver.ts";
import { type DnsHandler, type DnsRecord, DnsServer } from "../../fakes/dns_server.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

const never = new AbortController().signal;

/** A resolver and the server that it asks. */
function serve(handler: DnsHandler) {
  const server = new DnsServer(handler);
  const clock = new FakeClock();
  const resolver = new DnsResolver({ clock, nameServer: server.nameServer });
  return { server, clock, resolver, [Symbol.asyncDispose]: () => server.close() };
}

/** Answers with the records of the type asked for, and CNAMEs. */
function records(all: readonly DnsRecord[]): DnsHandler {
  return ({ type }) => ({
    records: all.filter((record) => record.type === type || record.type === "CNAME"),
  });
}

function nameNotResolved(fault: unknown): boolean {
  assert.ok(fault instanceof ConnectError);
  assert.equal(fault.error.code, "name-not-resolved");
  assert.equal(fault.error.phase, "dns");
  return true;
}

Deno.test("a name has its A and AAAA addresses, in canonical form, and is asked about once", async () => {
  await using dns = serve(records([
    { type: "A", data: "192.0.2.1" },
    { type: "A", data: "192.0.2.2" },
    { type: "AAAA", data: "2001:db8::1" },
    { type: "AAAA", data: "::ffff:c000:201" },
  ]));
  assert.deepEqual(await dns.resolver.resolve("mail.example.com", { signal: never }), [
    "2001:db8::1",
    "::ffff:c000:201",
    "192.0.2.1",
    "192.0.2.2",
  ]);
  assert.deepEqual(dns.server.asked.map(({ name, type }) => `${name} ${type}`).sort(), [
    "mail.example.com A",
    "mail.example.com AAAA",
  ]);
  assert.equal(dns.clock.waiting, 0);
});

Deno.test("a family is asked for alone when it is named", async () => {
  await using dns = serve(records([
    { type: "A", data: "192.0.2.1" },
    { type: "AAAA", data: "2001:db8::1" },
  ]));
  const ask = (family: 4 | 6) => dns.resolver.resolve("example.com", { family, signal: never });
  assert.deepEqual(await ask(4), ["192.0.2.1"]);
  assert.deepEqual(await ask(6), ["2001:db8::1"]);
  assert.deepEqual(dns.server.asked.map(({ type }) => type), ["A", "AAAA"]);
});

Deno.test("a CNAME is followed", async () => {
  await using dns = serve(records([
    { type: "CNAME", data: "host.example.net" },
    { name: "host.example.net", type: "A", data: "192.0.2.9" },
  ]));
  const addresses = await dns.resolver.resolve("www.example.com", { family: 4, signal: never });
  assert.deepEqual(addresses, ["192.0.2.9"]);
});

Deno.test("a truncated answer is asked for again over TCP", async () => {
  await using dns = serve(() => ({
    records: [{ type: "A", data: "192.0.2.1" }],
    truncate: true,
  }));
  const addresses = await dns.resolver.resolve("big.example.com", { family: 4, signal: never });
  assert.deepEqual(addresses, ["192.0.2.1"]);
  assert.deepEqual(dns.server.asked.map(({ transport }) => transport), ["udp", "tcp"]);
});

Deno.test("nothing is kept: an answer that alternates is seen to", async () => {
  let count = 0;
  await using dns = serve(() => ({
    records: [{ type: "A", data: count++ % 2 === 0 ? "192.0.2.1" : "127.0.0.1" }],
  }));
  const ask = () => dns.resolver.resolve("rebind.example.com", { family: 4, signal: never });
  assert.deepEqual([await ask(), await ask()], [["192.0.2.1"], ["127.0.0.1"]]);
});

Deno.test("at most 8 addresses of a family are kept", async () => {
  const many = Array.from({ length: 20 }, (_, n): DnsRecord => ({
    type: "A",
    data: `192.0.2.${n}`,
  }));
  await using dns = serve(records(many));
  assert.equal((await dns.resolver.resolve("many.example.com", { signal: never })).length, 8);
});

Deno.test("a name without addresses has none, nor has one whose server fails", async () => {
  for (const code of [0, 2, 3]) {
    await using dns = serve(() => ({ code }));
    assert.deepEqual(await dns.resolver.resolve("none.example.com", { signal: never }), []);
  }
});

Deno.test("a server that fails for one family is taken at its word for the other", async () => {
  await using dns = serve(({ type }) =>
    type === "A" ? { records: [{ type: "A", data: "192.0.2.1" }] } : { code: 2 }
  );
  assert.deepEqual(await dns.resolver.resolve("x.example.com", { signal: never }), ["192.0.2.1"]);
});

Deno.test("a server that is slow is given up after 2 s", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using dns = serve(async () => {
    asked.resolve();
    await answer.promise;
    return {};
  });
  const resolving = dns.resolver.resolve("slow.example.com", { signal: never });
  await asked.promise;
  const given = assert.rejects(resolving, nameNotResolved);
  await dns.clock.advance(lookupTimeoutMs);
  await given;
  answer.resolve();
});

Deno.test("an app that gives up ends the look-up", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using dns = serve(async () => {
    asked.resolve();
    await answer.promise;
    return {};
  });
  const aborter = new AbortController();
  const resolving = dns.resolver.resolve("slow.example.com", { signal: aborter.signal });
  await asked.promise;
  const given = assert.rejects(
    resolving,
    (fault) => fault instanceof ConnectError && fault.error.code === "withdrawn",
  );
  aborter.abort();
  await given;
  await assert.rejects(dns.resolver.resolve("slow.example.com", { signal: aborter.signal }));
  assert.equal(dns.clock.waiting, 0);
  answer.resolve();
});

Deno.test("localhost is loopback without asking anybody, an onion name is never asked about", async () => {
  await using dns = serve(() => ({ records: [{ type: "A", data: "192.0.2.1" }] }));
  const ask = (name: string, family?: 4 | 6) =>
    dns.resolver.resolve(name, { signal: never, ...(family && { family }) });
  assert.deepEqual(await ask("localhost"), ["::1", "127.0.0.1"]);
  assert.deepEqual(await ask("app.localhost", 4), ["127.0.0.1"]);
  await assert.rejects(ask("x.onion"), nameNotResolved);
  assert.deepEqual(dns.server.asked, []);
});
