/** `connect()`: registration, installation, permissions, events, and the three walls told apart. @module */
import assert from "node:assert/strict";
import {
  brokerCandidates,
  defaultBrokers,
  findBroker,
} from "../../../broker/sdk/broker_location.ts";
import { connect } from "../../../broker/sdk/connect.ts";
import { type Environment, globalEnvironment } from "../../../broker/sdk/environment.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import { backoffDelayMs } from "../../../broker/sdk/backoff.ts";
import { fakeId, fakeToken } from "../../fakes/fake_secrets.ts";
import { LoopbackServer, problem, rigApp, SdkRig } from "./sdk_rig.ts";

const pendingApp = { ...rigApp, state: "pending-installation" };
const descriptor = { capability: "tcp-connect", target: "example.com:993" } as const;
const granted = { state: "granted", reason: "grant-allow", message: "Allowed." };
const prompt = { state: "prompt", reason: "no-answer-yet", message: "Nobody has answered." };
const pendingRequest = {
  id: fakeId("req", 1),
  ...descriptor,
  state: "pending",
  outcome: null,
  message: null,
  createdAtMs: 1,
  endedAtMs: null,
};

function hasCause(name: string, code: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.equal(fault.name, name);
    const cause = fault.cause as { code?: string; type?: string };
    assert.equal(cause.code ?? cause.type, code);
    return true;
  };
}

/** The port of a server that is gone. */
function deadPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("candidates: what the app chose, else the broker that served the module, else the usual places", () => {
  const rows: [string | undefined, string, readonly string[]][] = [
    ["http://localhost:9000/x", "https://a.example/app.js", ["http://localhost:9000"]],
    ["https://broker.example", "http://localhost:1/sdk.js", ["https://broker.example"]],
    [undefined, "http://gatehouse.localhost:9000/sdk.js", ["http://gatehouse.localhost:9000"]],
    [undefined, "http://127.0.0.1:9000/sdk.js?v=1", ["http://127.0.0.1:9000"]],
    [undefined, "https://[::1]:9000/sdk.js", ["https://[::1]:9000"]],
    [undefined, "https://app.example/sdk.js", defaultBrokers],
    [undefined, "http://localhost:3000/assets/app.js", defaultBrokers],
    [undefined, "file:///sdk.js", defaultBrokers],
    [undefined, "", defaultBrokers],
  ];
  for (const [chosen, moduleUrl, expected] of rows) {
    assert.deepEqual(brokerCandidates(chosen, moduleUrl), expected);
  }
  for (const wrong of ["", "localhost:8737", "ws://localhost", "javascript:1"]) {
    assert.throws(() => brokerCandidates(wrong, ""), TypeError, wrong);
  }
});

Deno.test("the first broker that answers is taken", async () => {
  await using rig = await SdkRig.start();
  const dead = `http://127.0.0.1:${deadPort()}`;
  assert.equal(await findBroker(rig.environment(), [dead, rig.origin]), rig.origin);
});

Deno.test("registration: a new app gets a token and keeps it, a known one comes with it", async () => {
  await using rig = await SdkRig.start();
  const first = await rig.connect();
  assert.equal(first.token, fakeToken(1));
  assert.deepEqual(await first.registered, rigApp);
  assert.deepEqual([...rig.stored.values()], [fakeToken(1)]);
  const second = await rig.connect();
  assert.equal(second.token, fakeToken(1));
  const registrations = rig.calls.filter(({ name }) => name === "POST /apps");
  assert.deepEqual(registrations.map(({ token }) => token), [null, fakeToken(1)]);
  assert.deepEqual(registrations[0]?.body, { name: "Mail" });
});

Deno.test("registration: a program comes with its token and registers nothing", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await connect({ broker: rig.origin, token: fakeToken(1) }, rig.environment());
  assert.deepEqual(await gatehouse.installed, rigApp);
  assert.deepEqual(rig.calls.map(({ name }) => name), ["GET /health", "GET /apps/me"]);
  assert.equal(rig.stored.size, 0);
  gatehouse.close();
});

Deno.test("registration: neither app nor token is TypeError", async () => {
  await using rig = await SdkRig.start();
  await assert.rejects(connect({ broker: rig.origin }, rig.environment()), TypeError);
});

Deno.test("registration: relative URLs of a manifest are of the page; others are sent as they are", async () => {
  await using rig = await SdkRig.start();
  const environment = { ...rig.environment(), pageUrl: "https://mail.example.com/app/?x" };
  const app = { name: "Mail", manifestUrl: "m.json", manifestId: "/app" };
  await connect({ broker: rig.origin, app }, environment);
  const nowhere = { ...rig.environment(), pageUrl: null };
  await connect({ broker: rig.origin, app }, nowhere);
  const bodies = rig.calls.filter(({ name }) => name === "POST /apps").map(({ body }) => body);
  assert.deepEqual(bodies, [
    {
      name: "Mail",
      manifestUrl: "https://mail.example.com/app/m.json",
      manifestId: "https://mail.example.com/app",
    },
    app,
  ]);
});

Deno.test("scopeOf: asks about an absolute URL, and gives the broker's answer", async () => {
  await using rig = await SdkRig.start();
  const answer = { within: "extended-scope", vouchedBy: "https://mail.example.co.uk" };
  const asked: (string | null)[] = [];
  rig.answers.set("GET /apps/me/scope", ({ query }) => {
    asked.push(query.get("url"));
    return { json: answer };
  });
  const gatehouse = await rig.connect();
  assert.deepEqual(await gatehouse.scopeOf("https://mail.example.co.uk/a b?c=d&e#f"), answer);
  await gatehouse.scopeOf(new URL("https://mail.example.co.uk/"));
  assert.deepEqual(asked, [
    "https://mail.example.co.uk/a%20b?c=d&e#f",
    "https://mail.example.co.uk/",
  ]);
  await assert.rejects(gatehouse.scopeOf("http://["), TypeError);
});

Deno.test("installation: `installed` and sockets wait until the person has installed the app", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const install = Promise.withResolvers<void>();
  let polls = 0;
  rig.answers.set("POST /apps", () => ({ json: { app: pendingApp, token: fakeToken(1) } }));
  rig.answers.set("GET /apps/me/wait", async ({ query }) => {
    assert.equal(query.get("timeoutMs"), "25000");
    if (polls++ === 0) return { json: pendingApp };
    await install.promise;
    return { json: rigApp };
  });
  const gatehouse = await rig.connect();
  const accepting = server.accept();
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  assert.equal(rig.relays.length, 0);
  install.resolve();
  assert.deepEqual(await gatehouse.installed, rigApp);
  await socket.opened;
  await accepting;
  assert.equal(polls, 2);
});

Deno.test("installation: an app that is refused cannot open sockets", async () => {
  await using rig = await SdkRig.start();
  rig.answers.set("POST /apps", () => ({ json: { app: pendingApp, token: fakeToken(1) } }));
  rig.answers.set("GET /apps/me/wait", () => problem("token-unknown", 401));
  const gatehouse = await rig.connect();
  const refused = hasCause("NotAllowedError", "urn:gatehouse:problem:token-unknown");
  await assert.rejects(gatehouse.installed, refused);
  await assert.rejects(new TCPSocket("a", 1, { gatehouse }).opened, refused);
});

Deno.test("walls: no broker, the browser's permission, mixed content, the broker's own answer", async () => {
  const dead = `http://127.0.0.1:${deadPort()}`;
  const app = { name: "Mail" };
  const attempt = (more: Partial<Environment>) =>
    connect({ broker: dead, app }, { ...globalEnvironment(), storage: null, ...more });
  const permission = (state: PermissionState | null) => ({
    loopbackPermission: () => Promise.resolve(state),
  });
  const https = { pageUrl: "https://app.example/" };
  const rows: [string, Partial<Environment>, string][] = [
    ["outside a browser", permission(null), "broker-not-running"],
    ["a page on http", { ...permission(null), pageUrl: "http://localhost/" }, "broker-not-running"],
    ["Chrome, allowed", { ...permission("granted"), ...https }, "broker-not-running"],
    ["Chrome, not allowed yet", { ...permission("prompt"), ...https }, "browser-asking"],
    [
      "Chrome, a page of this device",
      { ...permission("prompt"), pageUrl: "http://localhost:8000/" },
      "broker-not-running",
    ],
    ["Chrome, denied", { ...permission("denied"), ...https }, "browser-blocked"],
    ["Safari", { ...permission(null), ...https }, "mixed-content"],
  ];
  for (const [name, environment, code] of rows) {
    await assert.rejects(attempt(environment), hasCause("NetworkError", code), name);
  }
  await using rig = await SdkRig.start();
  rig.answers.set("POST /apps", () => problem("insecure-context", 403));
  await assert.rejects(
    rig.connect(),
    hasCause("NotAllowedError", "urn:gatehouse:problem:insecure-context"),
  );
});

Deno.test("walls: a relay that is refused tells the broker's reason, and is tried again with growing delays", async () => {
  await using rig = await SdkRig.start();
  const delays: number[] = [];
  const setTimer = (delayMs: number, callback: () => void) => {
    delays.push(delayMs);
    queueMicrotask(callback);
    return () => {};
  };
  const gatehouse = await rig.connect({ setTimer });
  rig.refuseRelay = 403;
  rig.answers.set("GET /apps/me", () => problem("not-installed", 403));
  for (let attempt = 0; attempt < 3; attempt++) {
    const socket = new TCPSocket("127.0.0.1", 1, { gatehouse });
    await assert.rejects(
      socket.opened,
      hasCause("NotAllowedError", "urn:gatehouse:problem:not-installed"),
    );
  }
  assert.deepEqual(delays, [250, 500]);
  rig.refuseRelay = null;
  using server = new LoopbackServer();
  const accepting = server.accept();
  await new TCPSocket("127.0.0.1", server.port, { gatehouse }).opened;
  await accepting;
});

Deno.test("delays double from 250 ms up to 10 s", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 50].map(backoffDelayMs);
  assert.deepEqual(delays, [0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

Deno.test("permissions: query and list answer what the broker says", async () => {
  await using rig = await SdkRig.start();
  const grant = {
    id: fakeId("grant", 1),
    effect: "allow",
    ...descriptor,
    duration: { kind: "always" },
    createdAtMs: 1,
    expiresAtMs: null,
  };
  rig.answers.set("POST /permissions/query", () => ({ json: granted }));
  rig.answers.set("GET /permissions", () => ({ json: { permissions: [grant] } }));
  const { permissions } = await rig.connect();
  const more = { ...descriptor, extra: 1 };
  assert.deepEqual(await permissions.query(more), granted);
  assert.deepEqual(rig.calls.at(-1)?.body, descriptor);
  assert.equal(rig.calls.at(-1)?.token, fakeToken(1));
  assert.deepEqual(await permissions.list(), [grant]);
});

Deno.test("permissions: request waits for the person, and tells that it does", async () => {
  await using rig = await SdkRig.start();
  let polls = 0;
  rig.answers.set("POST /permissions/request", () => ({
    json: { ...prompt, request: pendingRequest },
  }));
  rig.answers.set(`GET /requests/${pendingRequest.id}/wait`, () => ({
    json: polls++ === 0
      ? pendingRequest
      : { ...pendingRequest, state: "ended", outcome: "allowed" },
  }));
  rig.answers.set("POST /permissions/query", () => ({ json: granted }));
  const gatehouse = await rig.connect({ userActivation: () => true });
  const waits: unknown[] = [];
  gatehouse.events.addEventListener("waiting", ({ detail }) => waits.push(detail));
  assert.deepEqual(await gatehouse.permissions.request(descriptor, { reason: "Mail" }), granted);
  const asked = rig.calls.find(({ name }) => name === "POST /permissions/request");
  assert.deepEqual(asked?.body, { ...descriptor, reason: "Mail", userActivation: true });
  assert.deepEqual(waits, [
    { for: "request", requestId: pendingRequest.id, target: descriptor.target },
  ]);
  assert.equal(polls, 2);
});

Deno.test("permissions: a known answer comes without waiting, an aborted question is withdrawn", async () => {
  await using rig = await SdkRig.start();
  rig.answers.set("POST /permissions/request", () => ({ json: { ...granted, request: null } }));
  const { permissions } = await rig.connect();
  assert.deepEqual(await permissions.request(descriptor), granted);
  const aborter = new AbortController();
  const withdrawn = Promise.withResolvers<void>();
  rig.answers.set("POST /permissions/request", () => ({
    json: { ...prompt, request: pendingRequest },
  }));
  rig.answers.set(`GET /requests/${pendingRequest.id}/wait`, async () => {
    aborter.abort(new Error("enough"));
    await withdrawn.promise;
    return { json: pendingRequest };
  });
  rig.answers.set(`DELETE /requests/${pendingRequest.id}`, () => {
    withdrawn.resolve();
    return { json: pendingRequest };
  });
  const asking = permissions.request(descriptor, { signal: aborter.signal });
  await assert.rejects(asking, { message: "enough" });
  await withdrawn.promise;
});

Deno.test("events: the stream opens with the first listener, and again when it breaks", async () => {
  await using rig = await SdkRig.start();
  let streams = 0;
  rig.answers.set("GET /events", () => {
    const id = ++streams;
    const pieces = [
      ": hello\n\nevent: silenced\nda",
      `ta: {"untilMs":${id}}\n\n`,
      "event: unheard\ndata: 1\n\n",
    ];
    return { events: ReadableStream.from(pieces) };
  });
  const setTimer = (_delayMs: number, callback: () => void) => {
    queueMicrotask(callback);
    return () => {};
  };
  const { events } = await rig.connect({ setTimer });
  events.addEventListener("waiting", () => {});
  assert.equal(streams, 0);
  const heard: unknown[] = [];
  const twice = Promise.withResolvers<void>();
  events.addEventListener("silenced", ({ detail }) => {
    heard.push(detail.untilMs);
    if (heard.length === 2) twice.resolve();
  });
  await twice.promise;
  assert.deepEqual(heard, [1, 2]);
});

Deno.test("close() ends sockets, and the connection is of no more use", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const accepting = server.accept();
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await socket.opened;
  await accepting;
  gatehouse.close();
  await assert.rejects(socket.closed, hasCause("NetworkError", "relay-lost"));
  const late = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await assert.rejects(late.opened, { name: "InvalidStateError" });
});
