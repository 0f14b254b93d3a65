/** Fetch and resources over REST: what callers are given, what they are refused, what browsers may make of it. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { App } from "../../broker/schema/app.ts";
import { fakeApp } from "../fakes/fake_broker.ts";
import { type Call, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

const origin = "https://mail.example.com";

interface Rig {
  twin: WebTwin;
  app: App;
  call(path: string, call?: Call): Promise<Response>;
}

/** An installed app with a grant for feeds.example, which serves two files. */
async function withApp(run: (rig: Rig) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  const { broker } = twin;
  try {
    const bare = fakeApp(broker, { origin });
    const token = `${bare.id}.${broker.secrets.newToken()}`;
    const app: App = {
      ...bare,
      credentials: [{
        id: broker.secrets.newId("cred"),
        tokenHash: broker.secrets.hash(token),
        state: "active",
        createdAtMs: 0,
      }],
    };
    const id = broker.secrets.newId("grant");
    await broker.store.commit({
      puts: [
        { noun: "app", id: app.id, record: app },
        {
          noun: "grant",
          id,
          record: {
            v: 1,
            id,
            effect: "allow",
            appId: app.id,
            capability: "host-access",
            target: "https://feeds.example/*",
            spaces: ["public"],
            duration: { kind: "always" },
            createdAtMs: 0,
            expiresAtMs: null,
            requestId: null,
            spentBy: null,
          },
        },
      ],
    });
    broker.resolver.addresses.set("feeds.example", ["93.184.216.34"]);
    broker.http.answers.set("https://feeds.example/a.xml", {
      status: 404,
      headers: [["Content-Type", "text/xml"], ["Set-Cookie", "a=1"], ["X-Note", "grüß"]],
      body: ["<none/>"],
    });
    broker.http.answers.set("https://feeds.example/a.mp3", (ask) =>
      Promise.resolve({
        status: ask.headers.some(([name]) => name === "range") ? 206 : 200,
        headers: [
          ["Content-Type", "audio/mpeg"],
          ["Content-Range", "bytes 0-2/3"],
          ["Location", "https://evil.example/"],
          ["Refresh", "0;url=https://evil.example/"],
        ],
        body: ["mp3"],
      }));
    await run({
      twin,
      app,
      call: (path, call = {}) => twin.call(`/api/v1${path}`, { token, origin, ...call }),
    });
  } finally {
    await twin.stop();
  }
}

const feed = `url=${encodeURIComponent("https://feeds.example/a.xml")}`;

async function problem(
  answer: Response,
): Promise<{ status: number; type: string; cause?: { code: string } }> {
  const { type, cause } = await answer.json();
  return { status: answer.status, type: type.slice("urn:gatehouse:problem:".length), cause };
}

Deno.test("an answer is passed on as bytes, its head apart from the broker's own", async () => {
  await withApp(async ({ twin, call }) => {
    const answer = await call(`/fetch?${feed}`, {
      method: "PUT",
      body: "a body",
      headers: { "Gatehouse-Headers": JSON.stringify({ "X-Key": "k" }) },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/octet-stream");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.equal(answer.headers.get("access-control-allow-origin"), origin);
    assert.match(answer.headers.get("access-control-expose-headers") ?? "", /Gatehouse-Response/);
    assert.deepEqual(JSON.parse(answer.headers.get("gatehouse-response") ?? ""), {
      status: 404,
      statusText: "",
      url: "https://feeds.example/a.xml",
      redirected: false,
      headers: [["content-type", "text/xml"], ["x-note", "grüß"]],
    });
    assert.equal(await answer.text(), "<none/>");
    const [asked] = twin.broker.http.asked;
    assert.deepEqual([asked?.method, asked?.sent], ["PUT", "a body"]);
    assert.ok(asked?.headers.some(([name, value]) => name === "x-key" && value === "k"));
    assert.equal(twin.broker.sessions.size, 0);
  });
});

Deno.test("refusals tell what is wrong: query, header, permission, connection", async () => {
  await withApp(async ({ twin, app, call }) => {
    const cases: [string, Call, number, string, string?][] = [
      ["/fetch", {}, 400, "invalid-query"],
      ["/fetch?url=ftp%3A%2F%2Fa", {}, 400, "invalid-query", "invalid-request"],
      [`/fetch?${feed}&redirect=maybe`, {}, 400, "invalid-query"],
      [`/fetch?${feed}&method=TRACE`, {}, 400, "invalid-query", "invalid-request"],
      [`/fetch?${feed}`, { headers: { "Gatehouse-Headers": "[]" } }, 400, "invalid-header"],
      [
        `/fetch?${feed}`,
        { headers: { "Gatehouse-Headers": '{"Cookie":"a=1"}' } },
        400,
        "invalid-query",
        "invalid-request",
      ],
      ["/fetch?url=http%3A%2F%2F169.254.169.254%2F", {}, 403, "fetch-refused", "denied"],
      [`/fetch?${feed}`, { token: `${app.id}.${"x".repeat(43)}` }, 401, "token-unknown"],
    ];
    for (const [path, more, status, type, code] of cases) {
      const answered = await problem(await call(path, more));
      assert.deepEqual([answered.status, answered.type], [status, type], path);
      assert.equal(answered.cause?.code, code, path);
    }
    twin.broker.resolver.addresses.delete("feeds.example");
    const failed = await problem(await call(`/fetch?${feed}`));
    assert.deepEqual([failed.status, failed.type, failed.cause?.code], [
      502,
      "fetch-failed",
      "name-not-resolved",
    ]);
    await twin.broker.store.commit({
      puts: [{ noun: "app", id: app.id, record: { ...app, state: "pending-installation" } as App }],
    });
    assert.equal((await problem(await call(`/fetch?${feed}`))).type, "not-installed");
  });
});

Deno.test("a caller that goes away ends the fetch", async () => {
  await withApp(async ({ twin, call }) => {
    const reached = Promise.withResolvers<AbortSignal>();
    twin.broker.http.answers.set("https://feeds.example/a.xml", (ask) => {
      reached.resolve(ask.signal);
      return new Promise((_, reject) => {
        ask.signal.addEventListener("abort", () => reject(ask.signal.reason), { once: true });
      });
    });
    const gone = new AbortController();
    const answer = call(`/fetch?${feed}`, { signal: gone.signal });
    const signal = await reached.promise;
    gone.abort();
    await answer.catch(() => {});
    assert.ok(signal.aborted);
    assert.equal(twin.broker.sessions.size, 0);
  });
});

async function makeLink({ call }: Rig, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await call("/resources", {
    method: "POST",
    json: { url: "https://feeds.example/a.mp3", ...more },
  });
  assert.equal(answer.status, 201);
  return new URL((await answer.json()).url).pathname;
}

Deno.test("a link loads the resource without a token, a Range a part of it, and makes no page of it", async () => {
  await withApp(async (rig) => {
    const { twin } = rig;
    const path = await makeLink(rig, { headers: [["X-Key", "k"]] });
    const whole = await twin.call(path);
    assert.deepEqual([whole.status, await whole.text()], [200, "mp3"]);
    assert.equal(whole.headers.get("content-type"), "audio/mpeg");
    assert.equal(whole.headers.get("cache-control"), "no-store");
    assert.equal(whole.headers.get("cross-origin-resource-policy"), "cross-origin");
    assert.match(whole.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    for (const name of ["location", "refresh", "set-cookie"]) {
      assert.equal(whole.headers.get(name), null, name);
    }
    const part = await twin.call(path, {
      headers: { range: "bytes=0-2", "sec-fetch-dest": "audio" },
    });
    assert.deepEqual([part.status, part.headers.get("content-range")], [206, "bytes 0-2/3"]);
    await part.body?.cancel();
    const names = twin.broker.http.asked.at(-1)?.headers.map(([name]) => name) ?? [];
    assert.ok(names.includes("range") && names.includes("x-key"));
    for (
      const destination of ["document", "iframe", "frame", "object", "embed", "script", "worker"]
    ) {
      const answer = await twin.call(path, { headers: { "sec-fetch-dest": destination } });
      assert.deepEqual([answer.status, (await answer.json()).status], [404, 404], destination);
    }
  });
});

Deno.test("a link is good for its app and its time; it can be taken back, and guessing leads nowhere", async () => {
  await withApp(async (rig) => {
    const { twin, call } = rig;
    const path = await makeLink(rig, { expiresInMs: 60_000 });
    assert.equal((await twin.call(path, { origin: "https://evil.example" })).status, 404);
    assert.equal((await twin.call(`${path}x`)).status, 404);
    await twin.broker.clock.advance(60_000);
    assert.equal((await twin.call(path)).status, 404);
    const another = await makeLink(rig);
    const taken = await call(another.replace("/api/v1", ""), { method: "DELETE" });
    assert.equal(taken.status, 204);
    assert.equal((await twin.call(another)).status, 404);
    for (
      const json of [{ url: "file:///etc/passwd" }, { url: "https://a/", headers: [["Host", "b"]] }]
    ) {
      const refused = await call("/resources", { method: "POST", json });
      const { errors } = await refused.json();
      assert.equal(refused.status, 400);
      assert.ok(errors[0].pointer === "/url" || errors[0].pointer === "/headers/0");
    }
  });
});

Deno.test("a link asks for nothing that its app may not fetch: revoking ends it in mid-stream", async () => {
  await withApp(async (rig) => {
    const { twin, app } = rig;
    twin.broker.http.answers.set("https://feeds.example/a.mp3", ({ signal }) =>
      Promise.resolve({
        body: (async function* () {
          yield new TextEncoder().encode("mp");
          if (!signal.aborted) await once(signal, "abort");
          throw signal.reason;
        })(),
      }));
    const answer = await twin.call(await makeLink(rig));
    const reader = answer.body!.getReader();
    assert.equal((await reader.read()).value?.length, 2);
    const rest = reader.read().then(() => "went on", () => "ended");
    const [grant] = [...twin.broker.store.grantsOf(app.id).all];
    await twin.broker.store.commit({ removals: [{ noun: "grant", id: grant!.id }] });
    assert.equal(await rest, "ended");
    assert.equal(twin.broker.sessions.size, 0);
  });
});

Deno.test("a HEAD leaves no session behind, whether of a link or of a fetch", async () => {
  await withApp(async (rig) => {
    const { twin } = rig;
    const answer = await twin.call(await makeLink(rig), { method: "HEAD" });
    assert.equal(answer.status, 200);
    assert.equal(twin.broker.sessions.size, 0);
    const path = `/fetch?url=${encodeURIComponent("https://feeds.example/a.mp3")}`;
    const fetched = await rig.call(path, { method: "HEAD" });
    assert.deepEqual([fetched.status, fetched.body], [200, null]);
    assert.ok(fetched.headers.has("gatehouse-response"));
    assert.equal(twin.broker.sessions.size, 0);
  });
});

Deno.test("links are for apps that are installed, and end with them", async () => {
  await withApp(async (rig) => {
    const { twin, app, call } = rig;
    const { store, clock } = twin.broker;
    const json = { url: "https://feeds.example/a.mp3" };
    const path = await makeLink(rig);
    const waiting: App = { ...app, state: "pending-installation", registeredAtMs: 0 };
    await store.commit({ puts: [{ noun: "app", id: app.id, record: waiting }] });
    const refused = await call("/resources", { method: "POST", json });
    assert.deepEqual(await problem(refused), {
      status: 403,
      type: "not-installed",
      cause: undefined,
    });
    await clock.advance(1000);
    const again: App = { ...app, registeredAtMs: clock.nowMs() };
    await store.commit({ puts: [{ noun: "app", id: app.id, record: again }] });
    assert.equal((await twin.call(path)).status, 404, "a link of the app that it was before");
    const asked = twin.broker.http.asked.length;
    assert.equal(asked, 0, "nothing was fetched for it");
  });
});

Deno.test("what an app's links hold is bounded, by number and by length", async () => {
  await withApp(async (rig) => {
    const headers = [["X-Long", "x".repeat(16_000)], ["X-Longer", "x".repeat(16_000)]];
    const statuses = new Map<number, number>();
    for (let made = 0; made < 130; made++) {
      const json = { url: "https://feeds.example/a.mp3", headers };
      const answer = await rig.call("/resources", { method: "POST", json });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      await answer.body?.cancel();
    }
    assert.deepEqual([...statuses], [[201, 124], [429, 6]]);
  });
});
