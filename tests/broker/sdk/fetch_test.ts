/** `fetch` of the SDK against a real relay: what a `Request` may be, what goes over the wire for it, and what comes back. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { FetchWish } from "../../../broker/schema/fetch.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { setDefaultGatehouse } from "../../../broker/sdk/default_gatehouse.ts";
import { fetch as fetchByDefault, type FetchProgress } from "../../../broker/sdk/fetch.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { type ScriptedFetch, scriptedFetches } from "../relay/scripted_fetch.ts";
import { SdkRig } from "./sdk_rig.ts";

const url = "https://feeds.example/a.xml";
const bytes = (text: string) => new TextEncoder().encode(text);

/** An SDK whose fetches the test answers. */
async function connected() {
  const rig = await SdkRig.start();
  const { fetch, fetches } = scriptedFetches();
  const begun: ((fetch: ScriptedFetch) => void)[] = [];
  rig.fetch = (ask, events) => {
    const opened = fetch(ask, events);
    begun.shift()?.(fetches.at(-1)!);
    return opened;
  };
  return {
    rig,
    gatehouse: await rig.connect(),
    /** The next fetch, once the broker has it. */
    next: () => new Promise<ScriptedFetch>((resolve) => begun.push(resolve)),
    [Symbol.asyncDispose]: () => rig.close(),
  };
}

/** Answers the next fetch with what it sent. */
async function echoed(
  { gatehouse, next }: Awaited<ReturnType<typeof connected>>,
  ...asked: Parameters<Gatehouse["fetch"]>
): Promise<{ wish: FetchWish; sent: Uint8Array<ArrayBuffer> | null }> {
  const begun = next();
  const response = gatehouse.fetch(...asked);
  const fetch = await begun;
  const { body, wish } = fetch.ask;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  if (body) { for await (const piece of body) pieces.push(piece.slice()); }
  await fetch.head();
  await fetch.finish();
  await (await response).arrayBuffer();
  return { wish, sent: body && await new Blob(pieces).bytes() };
}

const form = new FormData();
form.append("name", "Ada");
form.append("file", new Blob(["line\r\n"], { type: "text/plain" }), "a.txt");

const bodies: readonly (readonly [
  name: string,
  body: BodyInit,
  contentType: RegExp | null,
  sent: string | RegExp,
])[] = [
  ["a text", "grüß", /^text\/plain;charset=UTF-8$/i, "grüß"],
  ["bytes", bytes("bytes"), null, "bytes"],
  ["a view of a buffer", new DataView(bytes("view").buffer), null, "view"],
  ["a Blob", new Blob(["blob"], { type: "image/png" }), /^image\/png$/, "blob"],
  [
    "URLSearchParams",
    new URLSearchParams({ a: "1 2", b: "&" }),
    /^application\/x-www-form-urlencoded;charset=UTF-8$/i,
    "a=1+2&b=%26",
  ],
  [
    "FormData",
    form,
    /^multipart\/form-data; ?boundary=.+/,
    /name="name"\r\n\r\nAda\r\n[^]*line\r\n/,
  ],
  ["nothing at all", "", /^text\/plain/, ""],
];

Deno.test("every kind of body goes as the platform writes it, with its type", async (t) => {
  await using stage = await connected();
  for (const [name, body, contentType, expected] of bodies) {
    await t.step(name, async () => {
      const { wish, sent } = await echoed(stage, url, { method: "POST", body });
      const text = new TextDecoder().decode(sent ?? undefined);
      if (typeof expected === "string") assert.equal(text, expected);
      else assert.match(text, expected);
      const type = wish.headers.find(([name]) => name === "content-type")?.[1] ?? null;
      if (contentType === null) assert.equal(type, null);
      else assert.match(type ?? "", contentType);
      assert.equal(wish.method, "POST");
    });
  }
});

Deno.test("a Request is taken as it is; what is given beside it goes before it", async () => {
  await using stage = await connected();
  const request = () =>
    new Request(url, {
      method: "put",
      headers: { "X-Key": "k", "Accept": "text/xml" },
      body: "of the request",
      redirect: "manual",
    });
  const own = await echoed(stage, request());
  assert.deepEqual(
    [own.wish.method, own.wish.url, own.wish.redirect],
    ["PUT", url, "manual"],
  );
  assert.deepEqual(Object.fromEntries(own.wish.headers), {
    "accept": "text/xml",
    "content-type": "text/plain;charset=UTF-8",
    "x-key": "k",
  });
  assert.equal(new TextDecoder().decode(own.sent ?? undefined), "of the request");
  const other = await echoed(stage, request(), {
    method: "POST",
    body: "other",
    redirect: "follow",
  });
  assert.deepEqual([other.wish.method, other.wish.redirect], ["POST", "follow"]);
  assert.equal(new TextDecoder().decode(other.sent ?? undefined), "other");
  const byUrl = await echoed(stage, new URL(url), { reason: "r".repeat(200) });
  assert.deepEqual([byUrl.wish.url, byUrl.wish.reason?.length, byUrl.sent], [url, 140, null]);
});

Deno.test("a stream goes piece by piece as the server takes it, and is cancelled when the fetch is over", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  let cancelled: unknown = null;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    cancel: (reason) => void (cancelled = reason),
  });
  const begun = next();
  const response = gatehouse.fetch(url, { method: "POST", body });
  const fetch = await begun;
  const pieces = fetch.ask.body![Symbol.asyncIterator]();
  assert.ok(((await pieces.next()).value?.length ?? 0) > 0);
  // The server has its answer before the body is whole, as one does that refuses it.
  await fetch.head({ status: 413 });
  await fetch.finish();
  assert.equal((await response).status, 413);
  await (await response).arrayBuffer();
  assert.ok(cancelled instanceof DOMException && cancelled.name === "AbortError");
});

Deno.test("a body that fails, or is no bytes, fails the fetch with that; the broker is told to let go", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  const fault = new Error("the disk is gone");
  for (
    const [body, expected] of [
      [new ReadableStream({ pull: (controller) => controller.error(fault) }), fault],
      [
        new ReadableStream({ start: (controller) => controller.enqueue("text") }),
        /gives Uint8Arrays/,
      ],
    ] as const
  ) {
    const begun = next();
    const failed = assert.rejects(gatehouse.fetch(url, { method: "POST", body }), expected);
    const { signal } = (await begun).events;
    await failed;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
});

Deno.test("what no fetch can be is refused here, as the standard does", async () => {
  await using stage = await connected();
  const { gatehouse } = stage;
  const stream = new ReadableStream();
  await assert.rejects(gatehouse.fetch(url, { method: "GET", body: "x" }), TypeError);
  await assert.rejects(gatehouse.fetch(url, { method: "HEAD", body: stream }), TypeError);
  await assert.rejects(gatehouse.fetch(url, { method: "a b" }), TypeError);
  await assert.rejects(gatehouse.fetch("https://"), TypeError);
  await assert.rejects(gatehouse.fetch(url, { headers: { "a b": "c" } }), TypeError);
  await assert.rejects(gatehouse.fetch(`${url}?${"a".repeat(20_000)}`), /too long/);
  const reason = new Error("never mind");
  await assert.rejects(gatehouse.fetch(url, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("aborting: while it waits, in the body, and of a Request's own signal", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  const reason = new Error("enough");
  const atOnce = new AbortController();
  const begun = assert.rejects(gatehouse.fetch(url, { signal: atOnce.signal }), reason);
  atOnce.abort(reason);
  await begun;
  const early = new AbortController();
  const first = next();
  const waiting = gatehouse.fetch(new Request(url, { signal: early.signal }));
  const { events } = await first;
  early.abort(reason);
  await assert.rejects(waiting, reason);
  if (!events.signal.aborted) {
    await new Promise((resolve) => events.signal.addEventListener("abort", resolve));
  }
  const late = new AbortController();
  const second = next();
  const answering = gatehouse.fetch(url, { signal: late.signal });
  const fetch = await second;
  await fetch.head();
  await fetch.deliver(bytes("some"));
  const reader = (await answering).body!.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "some");
  late.abort(reason);
  await assert.rejects(reader.read(), reason);
  late.abort(new Error("again"));
});

Deno.test("progress tells both directions, and how much there is to come where that is known", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  const told: FetchProgress[] = [];
  const begun = next();
  const response = gatehouse.fetch(url, {
    method: "POST",
    body: "12345",
    onProgress: (progress) => told.push(progress),
  });
  const fetch = await begun;
  for await (const _ of fetch.ask.body!);
  await fetch.head({ headers: [["content-length", "6"]] });
  await fetch.deliver(bytes("abc"), bytes("def"));
  await fetch.finish();
  await (await response).text();
  assert.deepEqual(told[0], { sentBytes: 5, receivedBytes: 0, totalBytes: null });
  assert.deepEqual(told.at(-1), { sentBytes: 5, receivedBytes: 6, totalBytes: 6 });
});

Deno.test("errors: a TypeError with what the broker said as its cause, before and after the head", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  const errors: SessionError[] = [
    { code: "denied", phase: "policy", message: "You said no." },
    { code: "name-not-resolved", phase: "dns", message: "There is no such name." },
    { code: "certificate-expired", phase: "tls", message: "Its certificate has expired." },
    { code: "connection-timed-out", phase: "connect", message: "Nobody answered." },
    { code: "too-large", phase: "transfer", message: "It is too large." },
  ];
  for (const error of errors) {
    const begun = next();
    const failing = gatehouse.fetch(url);
    await (await begun).fail(new ConnectError(error));
    await assert.rejects(failing, (fault: TypeError) => {
      assert.ok(fault instanceof TypeError);
      assert.equal(fault.message, error.message);
      assert.deepEqual(fault.cause, error);
      return true;
    });
  }
  const begun = next();
  const response = gatehouse.fetch(url);
  const fetch = await begun;
  await fetch.head();
  await fetch.breakOff(new ConnectError(errors[4]!));
  await assert.rejects((await response).text(), (fault: TypeError) => fault.cause !== undefined);
});

Deno.test("a Response tells where it came from, and so do its clones; one beyond 599 can't be made", async () => {
  await using stage = await connected();
  const { gatehouse, next } = stage;
  const answer = async (status: number, method = "GET") => {
    const begun = next();
    const response = gatehouse.fetch(url, { method });
    const fetch = await begun;
    await fetch.head({ status, url: `${url}?moved`, redirected: true });
    if (fetch.events.signal.aborted) return await response;
    await fetch.deliver(bytes("body"));
    await fetch.finish();
    return await response;
  };
  const response = await answer(404);
  assert.ok(response instanceof Response);
  for (const each of [response, response.clone(), response.clone().clone()]) {
    assert.deepEqual([each.url, each.redirected, each.ok], [`${url}?moved`, true, false]);
    assert.equal(await each.text(), "body");
  }
  for (const status of [204, 205, 304]) assert.equal((await answer(status)).body, null);
  assert.equal((await answer(200, "HEAD")).body, null);
  await assert.rejects(answer(999), /status 999/);
});

Deno.test("the module's own fetch is that of the connection there is", async () => {
  await using stage = await connected();
  setDefaultGatehouse(stage.gatehouse);
  const begun = stage.next();
  const response = fetchByDefault(url);
  const fetch = await begun;
  await fetch.head({ status: 203 });
  await fetch.finish();
  assert.equal((await response).status, 203);
  await (await response).text();
});
