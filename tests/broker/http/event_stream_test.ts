/** Event streams: what stands on the wire, the heartbeat, and what becomes of slow readers. @module */
import assert from "node:assert/strict";
import {
  type EventSink,
  eventStream,
  eventText,
  heartbeatMs,
  maxWaitingBytes,
} from "../../../broker/http/event_stream.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

interface Opened {
  readonly clock: FakeClock;
  readonly response: Response;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly sink: EventSink;
  readonly ended: AbortController;
  readonly releases: () => number;
}

function open(): Opened {
  const clock = new FakeClock();
  const ended = new AbortController();
  let sink: EventSink | undefined;
  let releases = 0;
  const response = eventStream(clock, ended.signal, (opened) => {
    sink = opened;
    return () => void releases++;
  });
  assert.ok(response.body && sink);
  return {
    clock,
    response,
    reader: response.body.getReader(),
    sink,
    ended,
    releases: () => releases,
  };
}

async function text(reader: Opened["reader"]): Promise<string | null> {
  const { done, value } = await reader.read();
  return done ? null : new TextDecoder().decode(value);
}

Deno.test("an event is its name, its id and one line of JSON", () => {
  assert.equal(
    eventText({ name: "a", data: { b: "x\ny\r" } }),
    'event: a\ndata: {"b":"x\\ny\\r"}\n\n',
  );
  assert.equal(
    eventText({ name: "a", data: null, id: "boot.1" }),
    "event: a\nid: boot.1\ndata: null\n\n",
  );
});

Deno.test("a stream begins at once, and beats while it has nothing to say", async () => {
  const { clock, response, reader, sink } = open();
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(await text(reader), ":\n\n");
  sink.send({ name: "n", data: 1 });
  assert.equal(await text(reader), "event: n\ndata: 1\n\n");
  await clock.advance(heartbeatMs - 1);
  const beat = text(reader);
  await clock.advance(1);
  assert.equal(await beat, ":\n\n");
  await reader.cancel();
});

Deno.test("a reader that goes away, a stop and the writer each end a stream once, with its timer", async () => {
  const endings: ((opened: Opened) => unknown)[] = [
    ({ reader }) => reader.cancel(),
    ({ ended }) => ended.abort(),
    ({ sink }) => sink.close(),
  ];
  for (const end of endings) {
    const opened = open();
    await text(opened.reader);
    await end(opened);
    assert.equal(await text(opened.reader), null);
    assert.equal(opened.releases(), 1);
    assert.equal(opened.clock.waiting, 0);
    opened.sink.send({ name: "late", data: 0 });
    opened.sink.close();
    opened.ended.abort();
    assert.equal(opened.releases(), 1);
  }
});

Deno.test("a stream that is over before it begins is released", async () => {
  let releases = 0;
  const response = eventStream(new FakeClock(), AbortSignal.abort(), () => () => void releases++);
  assert.equal(await response.text(), ":\n\n");
  assert.equal(releases, 1);
});

Deno.test("a reader that does not read is cut once a bounded amount waits for it", async () => {
  const { clock, reader, sink, releases } = open();
  const data = "x".repeat(64 * 1024);
  let sent = 0;
  while (releases() === 0) {
    sink.send({ name: "n", data });
    sent += data.length;
    assert.ok(sent < 2 * maxWaitingBytes, "never cut");
  }
  assert.ok(sent >= maxWaitingBytes);
  assert.equal(clock.waiting, 0);
  await assert.rejects(reader.read(), /too slow/);
});

Deno.test("one event may be larger than all that may wait", async () => {
  const { reader, sink } = open();
  await text(reader);
  const data = "x".repeat(3 * maxWaitingBytes);
  sink.send({ name: "snapshot", data });
  assert.equal((await text(reader))?.length, `event: snapshot\ndata: ""\n\n`.length + data.length);
  await reader.cancel();
});
