import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { budgetMeter } from "../../../broker/actions/budget_meter.ts";
import { openFetch } from "../../../broker/actions/open_fetch.ts";
import { ConnectError, type HttpAsk } from "../../../broker/actions/ports.ts";
import { reviewSessions } from "../../../broker/actions/review_sessions.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import { FetchWish } from "../../../broker/schema/fetch.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { fakeApp, type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const publicAddress = "93.184.216.34";

/** A broker with one app, to which names of `example` lead to the internet. */
async function running(): Promise<{ broker: FakeBroker; app: App }> {
  const broker = fakeBroker();
  for (const name of ["feeds.example", "cdn.example", "other.example"]) {
    broker.resolver.addresses.set(name, [publicAddress]);
  }
  const app = fakeApp(broker);
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
  return { broker, app };
}

async function allow(
  broker: FakeBroker,
  app: App,
  target: string,
  more: Partial<Grant> = {},
): Promise<Grant> {
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "host-access",
    target,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
  return grant;
}

interface Started {
  fetch: ReturnType<typeof openFetch>;
  /** Why it failed; resolves only when it does. */
  failure: Promise<SessionError>;
  cuts: SessionError[];
  waiting: string[];
  stop: AbortController;
}

function start(
  { broker, app }: { broker: FakeBroker; app: App },
  wish: Partial<FetchWish> & { url: string },
  body: AsyncIterable<Uint8Array> | null = null,
): Started {
  const stop = new AbortController();
  const cuts: SessionError[] = [];
  const waiting: string[] = [];
  const ask = { contextId: fakeId("ctx", 9), wish: FetchWish.parse(wish), body };
  const fetch = openFetch(broker, app.id, ask, {
    signal: stop.signal,
    onWaiting: (id) => waiting.push(id),
    onCut: (error) => cuts.push(error),
  });
  const failure = fetch.then(() => assert.fail("It was fetched."), (fault) => {
    assert.ok(fault instanceof ConnectError, String(fault));
    return fault.error;
  });
  failure.catch(() => {});
  return { fetch, failure, cuts, waiting, stop };
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  let all = "";
  for await (const bytes of body) all += new TextDecoder().decode(bytes);
  return all;
}

async function answer(broker: FakeBroker, effect: "allow" | "deny", duration: Duration) {
  const [request] = [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
  assert.ok(request);
  await answerRequest(broker, request.id, {
    effect,
    duration,
    reviewToken: reviewToken(broker, request),
  });
  return request;
}

Deno.test("what is allowed is fetched at the address that was decided on, and is a session while it lasts", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "https://feeds.example/*");
  broker.http.answers.set("https://feeds.example/a.xml?x=1", {
    headers: [["Content-Type", "text/xml"], ["Set-Cookie", "a=1"], ["X-Total", "3"]],
    body: ["<rss>", "</rss>"],
  });
  const { fetch } = start(rig, { url: "https://feeds.example/a.xml?x=1#top" });
  const { head, body, session } = await fetch;
  assert.deepEqual(head, {
    status: 200,
    statusText: "",
    url: "https://feeds.example/a.xml?x=1",
    redirected: false,
    headers: [["content-type", "text/xml"], ["x-total", "3"]],
  });
  assert.deepEqual([...broker.sessions.list()].map(({ session }) => session.id), [session.id]);
  assert.deepEqual(
    [session.capability, session.target, session.remoteAddress, session.secureTransport],
    ["host-access", "https://feeds.example:443/a.xml?x=1", publicAddress, true],
  );
  assert.equal(await text(body), "<rss></rss>");
  assert.equal(session.bytesReceived, 11);
  assert.equal(broker.sessions.size, 0);
  const [asked] = broker.http.asked;
  assert.deepEqual(asked?.addresses, [publicAddress]);
  assert.deepEqual(asked?.headers, [
    ["accept", "*/*"],
    ["user-agent", "Gatehouse"],
    ["accept-encoding", "gzip, br"],
  ]);
});

Deno.test("a site nobody has decided on is asked about as a whole, and fetched once it is allowed", async () => {
  const rig = await running();
  const { broker } = rig;
  broker.http.answers.set("https://feeds.example/a.xml", { body: ["fed"] });
  const { fetch, waiting } = start(rig, { url: "https://feeds.example/a.xml", reason: "News" });
  await settle();
  assert.equal(waiting.length, 1);
  assert.equal(broker.resolver.asked.length, 0, "no name is looked up before it is allowed");
  const request = await answer(broker, "allow", { kind: "once" });
  assert.deepEqual([request.target, request.reason, request.secureTransport], [
    "https://feeds.example/*",
    "News",
    true,
  ]);
  assert.equal(await text((await fetch).body), "fed");
  const { failure } = start(rig, { url: "https://feeds.example/a.xml" });
  await settle();
  await answer(broker, "deny", { kind: "always" });
  assert.equal((await failure).code, "denied");
});

Deno.test("a permission for one path is none for another", async () => {
  const rig = await running();
  await allow(rig.broker, rig.app, "https://feeds.example/public/*");
  rig.broker.http.answers.set("https://feeds.example/public/a", { body: ["ok"] });
  assert.equal(
    await text((await start(rig, { url: "https://feeds.example/public/a" }).fetch).body),
    "ok",
  );
  const { waiting, stop, failure } = start(rig, {
    url: "https://feeds.example/public/../secret",
  });
  await settle();
  assert.equal(waiting.length, 1);
  stop.abort();
  assert.equal((await failure).code, "withdrawn");
});

Deno.test("each redirect is decided on; one permission good for one fetch covers its hops", async () => {
  const rig = await running();
  const { broker, app } = rig;
  const once = await allow(broker, app, "https://feeds.example/*", { duration: { kind: "once" } });
  const cdn = await allow(broker, app, "https://cdn.example/*", { duration: { kind: "once" } });
  const redirect = (to: string) => ({
    status: 302,
    headers: [["Location", to]] as [string, string][],
  });
  broker.http.answers.set("https://feeds.example/a", redirect("/b"));
  broker.http.answers.set("https://feeds.example/b", redirect("https://cdn.example/c"));
  broker.http.answers.set("https://cdn.example/c", { body: ["there"] });
  const { fetch } = start(rig, {
    url: "https://feeds.example/a",
    headers: [["Authorization", "Bearer secret"], ["X-Trace", "1"]],
  });
  const { head, body, session } = await fetch;
  assert.deepEqual([head.url, head.redirected], ["https://cdn.example/c", true]);
  assert.equal(session.target, "https://cdn.example:443/c");
  assert.deepEqual(
    [once, cdn].map(({ id }) => broker.store.get("grant", id)?.record.spentBy),
    [session.id, session.id],
  );
  assert.equal(await text(body), "there");
  await settle();
  assert.deepEqual([...broker.store.list("grant")], [], "both are used up");
  const sent = broker.http.asked.map(({ headers }) => headers.map(([name]) => name));
  assert.deepEqual(sent.map((names) => names.includes("authorization")), [true, true, false]);
  assert.ok(sent.every((names) => names.includes("x-trace")));
});

Deno.test("a redirect to where the app may not go is asked about, or refused", async () => {
  const cases: [location: string, code: string][] = [
    ["https://other.example/", "denied"],
    ["http://feeds.example/", "redirect-refused"],
    ["file:///etc/passwd", "redirect-refused"],
    ["data:text/plain,a", "redirect-refused"],
    ["blob:https://feeds.example/1", "redirect-refused"],
    ["https://user:pass@feeds.example/", "redirect-refused"],
    ["https://feeds.example:25/", "redirect-refused"],
    ["https://127.0.0.1:8737/", "denied"],
    ["https://169.254.169.254/latest/", "denied"],
    ["https://", "redirect-refused"],
  ];
  for (const [location, code] of cases) {
    const rig = await running();
    await allow(rig.broker, rig.app, "<all_urls>");
    await allow(rig.broker, rig.app, "https://other.example/*", { effect: "deny" });
    rig.broker.http.answers.set("https://feeds.example/a", {
      status: 302,
      headers: [["location", location]],
    });
    const { failure } = start(rig, { url: "https://feeds.example/a" });
    assert.equal((await failure).code, code, location);
    assert.equal(rig.broker.sessions.size, 0, location);
  }
});

Deno.test("redirect modes: a loop ends, `error` fails, `manual` gives the redirect itself", async () => {
  const rig = await running();
  await allow(rig.broker, rig.app, "https://feeds.example/*");
  rig.broker.http.answers.set("https://feeds.example/a", {
    status: 301,
    headers: [["location", "https://feeds.example/a"]],
  });
  const url = "https://feeds.example/a";
  assert.match((await start(rig, { url }).failure).message, /more than 20 times/);
  assert.equal(rig.broker.http.asked.length, 21);
  assert.equal((await start(rig, { url, redirect: "error" }).failure).code, "redirect-refused");
  const { head, body } = await start(rig, { url, redirect: "manual" }).fetch;
  assert.deepEqual([head.status, head.headers], [301, [["location", url]]]);
  assert.equal(await text(body), "");
});

Deno.test("a body goes once: 303 and 302 become GET without it, 307 is refused", async () => {
  async function* body() {
    yield new TextEncoder().encode("hello ");
    yield new TextEncoder().encode("world");
  }
  for (const [status, methods] of [[303, "PUT GET"], [302, "PUT"], [307, "PUT"]] as const) {
    const rig = await running();
    await allow(rig.broker, rig.app, "https://feeds.example/*");
    rig.broker.http.answers.set("https://feeds.example/a", {
      status,
      headers: [["location", "/b"]],
    });
    const wish = {
      url: "https://feeds.example/a",
      method: "put",
      headers: [["Content-Type", "text/plain"]] as [string, string][],
    };
    const { fetch } = start(rig, wish, body());
    const ended = await fetch.then(({ head }) => head.status, (fault) => fault.error.code);
    assert.equal(rig.broker.http.asked[0]?.sent, "hello world");
    assert.equal(rig.broker.http.asked.map(({ method }) => method).join(" "), methods);
    if (status !== 303) assert.equal(ended, "redirect-refused");
    else {
      const names = rig.broker.http.asked[1]?.headers.map(([name]) => name) ?? [];
      assert.ok(!names.includes("content-type"));
    }
  }
});

Deno.test("a name that leads home is not fetched, whatever was granted; an address needs a grant of its space", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "<all_urls>");
  broker.resolver.addresses.set("rebound.example", [publicAddress, "10.0.0.1"]);
  const { failure } = start(rig, { url: "http://rebound.example/" });
  assert.deepEqual([(await failure).code, broker.http.asked.length], ["denied", 0]);
  const local = start(rig, { url: "http://10.0.0.1/" });
  await settle();
  assert.equal(local.waiting.length, 1);
  broker.http.answers.set("http://10.0.0.1/", { body: ["router"] });
  await answer(broker, "allow", { kind: "always" });
  assert.equal(await text((await local.fetch).body), "router");
  const home = start(rig, { url: "http://localhost:3000/" });
  await settle();
  await answer(broker, "allow", { kind: "always" });
  await home.fetch;
  assert.deepEqual(broker.http.asked.at(-1)?.addresses, ["127.0.0.1", "::1"]);
});

Deno.test("revoking ends a fetch while it sends, while it waits and while it reads", async () => {
  const rig = await running();
  const { broker, app } = rig;
  const grant = await allow(broker, app, "https://feeds.example/*");
  const never = new Promise<never>(() => {});
  const aborted = ({ signal }: HttpAsk) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    );
  broker.http.answers.set("https://feeds.example/waits", (ask) => aborted(ask));
  broker.http.answers.set("https://feeds.example/reads", (ask) =>
    Promise.resolve({
      body: (async function* () {
        yield new TextEncoder().encode("some");
        await Promise.race([never, aborted(ask)]);
      })(),
    }));
  const waits = start(rig, { url: "https://feeds.example/waits" });
  const reads = start(rig, { url: "https://feeds.example/reads" });
  const { body } = await reads.fetch;
  assert.equal(new TextDecoder().decode((await body.next()).value as Uint8Array), "some");
  const more = body.next();
  await settle();
  assert.equal(broker.sessions.size, 2);
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  reviewSessions(broker);
  assert.equal((await waits.failure).code, "permission-ended");
  await assert.rejects(more, (fault: ConnectError) => fault.error.code === "permission-ended");
  assert.equal(broker.sessions.size, 0);
  assert.deepEqual(reads.cuts.map(({ code }) => code), ["permission-ended"]);
});

Deno.test("a reader that leaves ends the session; an app that gives up is told so", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "https://feeds.example/*");
  broker.http.answers.set("https://feeds.example/a", { body: ["a", "b"] });
  const { body } = await start(rig, { url: "https://feeds.example/a" }).fetch;
  await body.next();
  await body.return?.();
  assert.equal(broker.sessions.size, 0);
  const { fetch, stop } = start(rig, { url: "https://feeds.example/a" });
  const open = await fetch;
  stop.abort();
  await assert.rejects(open.body.next(), (fault: ConnectError) => fault.error.code === "withdrawn");
  assert.equal(broker.sessions.size, 0);
});

Deno.test("what can't be fetched is refused before anything is decided, with the way to mend it", async () => {
  const cases: [Partial<FetchWish> & { url: string }, RegExp][] = [
    [{ url: "/feed.xml" }, /absolute URL/],
    [{ url: "file:///etc/passwd" }, /Only http and https/],
    [{ url: "data:text/plain,a" }, /Only http and https/],
    [{ url: "blob:https://feeds.example/1" }, /Only http and https/],
    [{ url: "ftp://feeds.example/" }, /Only http and https/],
    [{ url: "https://user@feeds.example/" }, /Authorization header/],
    [{ url: "https://:pass@feeds.example/" }, /Authorization header/],
    [{ url: "https://feeds.example:6667/" }, /never fetch from this port/],
    [{ url: "https://feeds.example/", method: "CONNECT" }, /never sent/],
    [{ url: "https://feeds.example/", method: "trace" }, /never sent/],
    [{ url: "https://feeds.example/", method: "A B" }, /one word/],
    [{ url: "https://feeds.example/", headers: [["Cookie", "a=1"]] }, /Cookie/],
  ];
  const rig = await running();
  await allow(rig.broker, rig.app, "<all_urls>");
  for (const [wish, message] of cases) {
    const error = await start(rig, wish).failure;
    assert.deepEqual([error.code, error.phase], ["invalid-request", "policy"]);
    assert.match(error.message, message);
  }
  assert.equal(rig.broker.http.asked.length, 0);
});

Deno.test("an app's limits hold for fetches, those under way and those a minute", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "https://feeds.example/*");
  broker.policy.replace({ limits: { target: { concurrent: 1 } } });
  broker.http.answers.set("https://feeds.example/a", { body: ["a"] });
  const first = await start(rig, { url: "https://feeds.example/a" }).fetch;
  assert.equal((await start(rig, { url: "https://feeds.example/a" }).failure).code, "limited");
  await first.body.return?.();
  assert.equal(await text((await start(rig, { url: "https://feeds.example/a" }).fetch).body), "a");
});

Deno.test("an app that gives up ends the session though nobody reads the answer", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "https://feeds.example/*");
  broker.http.answers.set("https://feeds.example/a", { body: ["a", "b"] });
  const { fetch, stop } = start(rig, { url: "https://feeds.example/a" });
  const { session } = await fetch;
  stop.abort();
  assert.equal(broker.sessions.size, 0);
  assert.equal(session.error?.code, "withdrawn");
});

Deno.test("a URL too long for a target is still held to what is denied of its site", async () => {
  const rig = await running();
  const { broker, app } = rig;
  await allow(broker, app, "https://feeds.example/*");
  await allow(broker, app, "https://feeds.example/admin/*", { effect: "deny" });
  await allow(broker, app, "https://feeds.example/*token=*", { effect: "deny" });
  const long = "a".repeat(3000);
  for (const path of [`admin/${long}`, `${long}?token=1`, `?${long}&token=1`]) {
    const { fetch } = start(rig, { url: `https://feeds.example/${path}` });
    const ended = await fetch.then(() => "fetched", (fault) => fault.error.code);
    assert.equal(ended, "denied", path.slice(0, 20));
  }
  assert.equal(broker.http.asked.length, 0);
  const { cuts, fetch } = start(rig, { url: `https://feeds.example/later/${long}` });
  await fetch;
  await allow(broker, app, "https://feeds.example/later/*", { effect: "deny" });
  reviewSessions(broker);
  assert.deepEqual(cuts.map(({ code }) => code), ["permission-ended"]);
});

Deno.test("a fetch that is cut while a person is asked about its next hop ends at once", async () => {
  const rig = await running();
  const { broker, app } = rig;
  const grant = await allow(broker, app, "https://feeds.example/*");
  broker.http.answers.set("https://feeds.example/a", {
    status: 302,
    headers: [["location", "https://other.example/"]],
  });
  const { failure, waiting, cuts } = start(rig, { url: "https://feeds.example/a" });
  await settle();
  assert.equal(waiting.length, 1);
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  reviewSessions(broker);
  await settle();
  assert.equal(cuts.length, 1);
  const open = [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
  assert.deepEqual(open, [], "nobody is asked any more");
  assert.equal((await failure).code, "permission-ended");
});

Deno.test("a redirect counts against the budgets of both sites, each for its own part", async () => {
  const rig = await running();
  const { broker, app } = rig;
  const first = await allow(broker, app, "https://feeds.example/*", { budget: { bytes: 10 } });
  const second = await allow(broker, app, "https://other.example/*", {
    budget: { connections: 1 },
  });
  broker.http.answers.set("https://feeds.example/a", {
    status: 303,
    headers: [["location", "https://other.example/"]],
  });
  broker.http.answers.set("https://other.example/", { body: ["abc"] });
  const post = () => {
    const body = [new TextEncoder().encode("123456")];
    return start(rig, { url: "https://feeds.example/a", method: "POST" }, toStream(body));
  };
  assert.equal(await text((await post().fetch).body), "abc");
  const uses = [first, second].map(({ id }) => budgetMeter(broker).get(id));
  assert.deepEqual(uses, [{ connections: 1, bytes: 6 }, { connections: 1, bytes: 3 }]);
  assert.match((await post().failure).message, /other.example.* 1 connections, and that is used/);
  assert.equal(budgetMeter(broker).get(first.id).bytes, 12);
  assert.match((await post().failure).message, /feeds.example.* 10 bytes, and that is used up/);
});

async function* toStream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
