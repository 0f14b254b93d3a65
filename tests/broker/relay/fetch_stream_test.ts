/** Fetches over a relay: head and bodies as frames, credit both ways, who holds whom back, and how it ends. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import type { FetchOpenFrame } from "../../../broker/schema/relay.ts";
import { maxDataBytes } from "../../../broker/schema/relay_wire.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { RelayRig } from "./relay_rig.ts";
import { ScriptedFetch, scriptedFetches } from "./scripted_fetch.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (piece: Uint8Array | undefined) => new TextDecoder().decode(piece);
const data = (streamId: number, content: Uint8Array): Frame => ({
  ...{ type: "DATA", streamId, bytes: content },
});
const fin = (streamId: number): Frame => ({ type: "FIN", streamId });
const revoked: SessionError = { code: "permission-ended", phase: "policy", message: "Revoked." };

/** A relay whose fetches the test answers. */
class FetchRig extends RelayRig {
  readonly fetches: ScriptedFetch[];

  constructor(...limits: ConstructorParameters<typeof RelayRig>) {
    super(...limits);
    const scripted = scriptedFetches();
    this.fetch = scripted.fetch;
    this.fetches = scripted.fetches;
  }

  /** The app asks for a fetch. */
  async asked(streamId: number, more: Partial<FetchOpenFrame> = {}): Promise<ScriptedFetch> {
    await this.send({
      type: "OPEN",
      streamId,
      body: {
        ...{ protocol: "fetch", url: "https://feeds.example/a.xml", method: "GET", headers: [] },
        ...{ redirect: "follow", hasBody: false, credit: 1000, userActivation: false },
        ...more,
      },
    });
    const fetch = this.fetches.at(-1);
    assert.ok(fetch);
    return fetch;
  }

  /** What the app was sent of one stream, in words. */
  told(streamId: number): string[] {
    return this.socket.sent.filter((frame) => frame.streamId === streamId).map((frame) => {
      switch (frame.type) {
        case "DATA":
          return frame.bytes.length > 20
            ? `DATA ${frame.bytes.length}`
            : `DATA ${text(frame.bytes)}`;
        case "HEAD":
          return `HEAD ${frame.body.head.status}`;
        case "CREDIT":
          return `CREDIT ${frame.addedBytes}`;
        case "CLOSE":
          return `CLOSE ${frame.body.error?.code ?? "-"}`;
        default:
          return frame.type;
      }
    });
  }
}

/** Reads what the app sends, as a web server would. */
async function collect(fetch: ScriptedFetch): Promise<string> {
  assert.ok(fetch.ask.body);
  let all = "";
  for await (const piece of fetch.ask.body) all += text(piece);
  return all;
}

Deno.test("what is asked for reaches the action; the answer is its head, its bytes and its end", async () => {
  const rig = new FetchRig();
  const fetch = await rig.asked(1, {
    headers: [["Accept", "text/xml"]],
    redirect: "manual",
    reason: "News",
    frame: { ancestors: ["https://outer.example"] },
  });
  assert.deepEqual(fetch.ask, {
    contextId: fakeId("ctx", 1),
    wish: {
      ...{ url: "https://feeds.example/a.xml", method: "GET", redirect: "manual" },
      ...{ headers: [["Accept", "text/xml"]], reason: "News", userActivation: false },
      frame: { ancestors: ["https://outer.example"] },
    },
    body: null,
  });
  fetch.events.onWaiting(fakeId("req", 1));
  await fetch.head({ status: 206 });
  await fetch.deliver(bytes("<rss>"), bytes("</rss>"));
  await fetch.finish();
  assert.deepEqual(rig.told(1), [
    "WAITING",
    "HEAD 206",
    "DATA <rss>",
    "DATA </rss>",
    "CLOSE -",
  ]);
  assert.equal(rig.relay.streamCount, 0);
  assert.ok(fetch.events.signal.aborted, "nothing of it goes on");
});

Deno.test("a body goes as the server takes it: credit at once, and again as bytes leave", async () => {
  const rig = new FetchRig({ maxWindowBytes: 1000, minWindowBytes: 1000 });
  const fetch = await rig.asked(1, { method: "PUT", hasBody: true });
  assert.deepEqual(rig.told(1), ["CREDIT 1000"]);
  await rig.send(data(1, new Uint8Array(600).fill(97)), data(1, new Uint8Array(400).fill(98)));
  assert.deepEqual(rig.told(1), ["CREDIT 1000"], "nobody has taken anything yet");
  const sent = collect(fetch);
  await settle();
  assert.deepEqual(rig.told(1), ["CREDIT 1000", "CREDIT 600", "CREDIT 400"]);
  await rig.send(data(1, bytes("end")), fin(1));
  assert.equal(await sent, "a".repeat(600) + "b".repeat(400) + "end");
  await fetch.head({ status: 201 });
  await fetch.finish();
  assert.deepEqual(rig.told(1).slice(3), ["HEAD 201", "CLOSE -"]);
});

Deno.test("the answer keeps to the app's credit, to the byte", async () => {
  const rig = new FetchRig();
  const fetch = await rig.asked(1, { credit: 4 });
  await fetch.head();
  await fetch.deliver(bytes("0123456789"));
  assert.deepEqual(rig.told(1), ["HEAD 200", "DATA 0123"]);
  assert.equal(fetch.wanted, 1, "no more is read of the server than the app takes");
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 1 });
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 100 });
  assert.deepEqual(rig.told(1).slice(2), ["DATA 4", "DATA 56789"]);
  await fetch.finish();
  assert.equal(rig.told(1).at(-1), "CLOSE -");
});

Deno.test("a large piece goes as frames no longer than a frame may be, byte for byte", async () => {
  const rig = new FetchRig();
  const fetch = await rig.asked(1, { credit: 10_000_000 });
  await fetch.head();
  const piece = Uint8Array.from({ length: 2 * maxDataBytes + 5 }, (_, n) => n * 7 + (n >> 9));
  await fetch.deliver(piece);
  const frames = rig.socket.framesOf("DATA").map((frame) => frame.bytes);
  assert.deepEqual(frames.map(({ length }) => length), [maxDataBytes, maxDataBytes, 5]);
  const whole = new Uint8Array(await new Blob(frames as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  assert.deepEqual(whole, piece);
  rig.relay.close(1000, "done");
});

Deno.test("a slow reader stalls its own fetch only", async () => {
  const rig = new FetchRig();
  const slow = await rig.asked(1, { credit: 3 });
  const quick = await rig.asked(2, { credit: 1000 });
  await slow.head();
  await quick.head();
  await slow.deliver(bytes("slowly"), bytes("later"));
  await quick.deliver(bytes("quick"), bytes("er"));
  await quick.finish();
  assert.deepEqual(rig.told(1), ["HEAD 200", "DATA slo"]);
  assert.deepEqual(rig.told(2), ["HEAD 200", "DATA quick", "DATA er", "CLOSE -"]);
  assert.equal(slow.wanted, 1);
  rig.relay.close(1000, "done");
});

Deno.test("an app that does not read its WebSocket is sent one piece, and no more is read for it", async () => {
  const rig = new FetchRig();
  const fetch = await rig.asked(1, { credit: 1_000_000 });
  await fetch.head();
  rig.socket.stalled = true;
  await fetch.deliver(bytes("one"), bytes("two"), bytes("three"));
  assert.deepEqual(rig.told(1), ["HEAD 200", "DATA one"]);
  assert.equal(fetch.wanted, 1);
  rig.socket.release();
  await settle();
  assert.deepEqual(rig.told(1).slice(2), ["DATA two", "DATA three"]);
  rig.relay.close(1000, "done");
});

// What an app may not send: the frames, whether the fetch has a body, and what it has sent before.
const breaches: readonly (readonly [name: string, hasBody: boolean, frames: readonly Frame[]])[] = [
  ["DATA where there is no body", false, [data(1, bytes("x"))]],
  ["FIN where there is no body", false, [fin(1)]],
  ["DATA after FIN", true, [fin(1), data(1, bytes("x"))]],
  ["FIN after FIN", true, [fin(1), fin(1)]],
  ["one byte more than its credit", true, [data(1, new Uint8Array(1000)), data(1, bytes("x"))]],
  ["all of it beyond its credit", true, [data(1, new Uint8Array(1001))]],
  ["STOP", true, [{ type: "STOP", streamId: 1 }]],
  ["a datagram", false, [
    { type: "DATAGRAM", streamId: 1, family: 0, host: "", port: 0, bytes: bytes("x") },
  ]],
  ["STARTTLS", false, [
    { type: "STARTTLS", streamId: 1, body: { readBytes: 0, credit: 10 } as never },
  ]],
];

for (const [name, hasBody, frames] of breaches) {
  Deno.test(`${name} ends that fetch with protocol-error, and nothing else`, async () => {
    const rig = new FetchRig({ maxWindowBytes: 1000, minWindowBytes: 1000 });
    const fetch = await rig.asked(1, { method: "POST", hasBody });
    const other = await rig.asked(2);
    await rig.send(...frames);
    assert.equal(rig.told(1).at(-1), "CLOSE protocol-error");
    assert.ok(fetch.events.signal.aborted);
    assert.ok(!other.events.signal.aborted);
    assert.equal(rig.socket.closedWith, null);
    await rig.send(data(1, bytes("late")), fin(1));
    assert.equal(rig.socket.closedWith, null, "what crossed the CLOSE is ignored");
    assert.equal(rig.relay.streamCount, 1);
    rig.relay.close(1000, "done");
  });
}

Deno.test("the app gives up: before anybody answered, before the head, in the body, out of credit", async () => {
  const rig = new FetchRig();
  const close: Frame = { type: "CLOSE", streamId: 1, body: { error: null } };
  const waiting = await rig.asked(1);
  waiting.events.onWaiting(fakeId("req", 1));
  await rig.send(close);
  assert.ok(waiting.events.signal.aborted);

  const uploading = await rig.asked(2, { method: "POST", hasBody: true });
  const sent = assert.rejects(collect(uploading), /over/);
  await rig.send(data(2, bytes("some")), { ...close, streamId: 2 });
  await sent;

  const reading = await rig.asked(3);
  await reading.head();
  await rig.send({ ...close, streamId: 3 });
  assert.ok(reading.events.signal.aborted);

  const stalled = await rig.asked(4, { credit: 1 });
  await stalled.head();
  await stalled.deliver(bytes("abc"));
  await rig.send({ ...close, streamId: 4 });
  assert.deepEqual(stalled.ends, [null], "its reader has left the body");
  assert.equal(rig.relay.streamCount, 0);
  assert.ok(
    !rig.socket.sent.some(({ type }) => type === "CLOSE"),
    "an app is not told of its own word",
  );
});

Deno.test("an answer that comes after the app gave up ends its session, and is told to nobody", async () => {
  const rig = new FetchRig();
  let late: ScriptedFetch | undefined;
  const { promise: answer, resolve } = Promise.withResolvers<void>();
  // An action that has its answer at the very moment at which it is aborted.
  rig.fetch = async (ask, events) => {
    late = new ScriptedFetch(ask, { ...events, signal: new AbortController().signal });
    await answer;
    return await late.opened;
  };
  await rig.send({
    type: "OPEN",
    streamId: 1,
    body: {
      ...{ protocol: "fetch", url: "https://feeds.example/", method: "GET", headers: [] },
      ...{ redirect: "follow", hasBody: false, credit: 10, userActivation: false },
    },
  });
  await rig.send({ type: "CLOSE", streamId: 1, body: { error: null } });
  resolve();
  await late?.head();
  assert.deepEqual(late?.ends, [null]);
  assert.deepEqual(rig.socket.sent, []);
});

Deno.test("a revoke ends it at whatever point, with the reason", async () => {
  const rig = new FetchRig({ maxWindowBytes: 1000, minWindowBytes: 1000 });
  const early = await rig.asked(1);
  early.events.onCut(revoked);
  const late = await rig.asked(2, { credit: 1 });
  await late.head();
  await late.deliver(bytes("abc"));
  late.events.onCut(revoked);
  late.events.onCut(revoked);
  await settle();
  assert.deepEqual(rig.told(1), ["CLOSE permission-ended"]);
  assert.deepEqual(rig.told(2), ["HEAD 200", "DATA a", "CLOSE permission-ended"]);
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("what fails has its code; what should not fail is logged and told in general", async () => {
  const rig = new FetchRig();
  const refused = await rig.asked(1);
  await refused.fail(new ConnectError({ code: "denied", phase: "policy", message: "No." }));
  const broken = await rig.asked(2);
  await broken.head();
  await broken.deliver(bytes("half"));
  const reset: SessionError = { code: "connection-reset", phase: "transfer", message: "Reset." };
  await broken.breakOff(new ConnectError(reset));
  assert.deepEqual(rig.log.errors, []);
  const bug = await rig.asked(3);
  await bug.fail(new Error("secret"));
  assert.deepEqual(rig.told(1), ["CLOSE denied"]);
  assert.deepEqual(rig.told(2), ["HEAD 200", "DATA half", "CLOSE connection-reset"]);
  assert.deepEqual(rig.told(3), ["CLOSE internal-error"]);
  assert.ok(!JSON.stringify(rig.socket.sent).includes("secret"));
  assert.deepEqual(rig.log.errors.map(({ event }) => event), ["relay-fetch-fault"]);
});

Deno.test("the end of the relay is the end of its fetches, and a window comes back with each", async () => {
  const rig = new FetchRig({ windowPoolBytes: 8000, maxWindowBytes: 1000, minWindowBytes: 10 });
  const windows: (string | undefined)[] = [];
  for (let streamId = 1; streamId <= 3; streamId++) {
    const fetch = await rig.asked(streamId, { method: "POST", hasBody: true });
    windows.push(rig.told(streamId)[0]);
    await fetch.head();
    await fetch.finish();
  }
  assert.deepEqual(windows, ["CREDIT 1000", "CREDIT 1000", "CREDIT 1000"]);
  const open = await rig.asked(9, { method: "POST", hasBody: true });
  const sent = assert.rejects(collect(open), /over/);
  rig.socket.emit("close");
  await rig.relay.closed;
  await sent;
  assert.ok(open.events.signal.aborted);
  assert.equal(rig.relay.streamCount, 0);
});
