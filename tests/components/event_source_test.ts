/** The dashboard's event stream: resuming, backing off, and knowing when it is dead. @module */
import assert from "node:assert/strict";
import {
  backOffMs,
  type EventStreamState,
  openEventStream,
  silenceLimitMs,
} from "../../components/event_source.ts";
import { FakeClock } from "../fakes/fake_clock.ts";

/** One connection that the stream under test made. */
interface Attempt {
  readonly headers: Headers;
  send(text: string): void;
  end(): void;
  readonly aborted: boolean;
}

/** Opens a stream against connections that the test answers. `status` is taken for each new connection. */
function watch() {
  const clock = new FakeClock();
  const attempts: Attempt[] = [];
  const events: [string, string][] = [];
  const states: EventStreamState[] = [];
  const answers = { status: 200, reachable: true };
  const stop = openEventStream({
    url: "/events",
    headers: () => ({ "x-gatehouse-secret": "s" }),
    onEvent: (name, data) => events.push([name, data]),
    onState: (state) => states.push(state),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
    fetch: (_, init) => {
      if (!answers.reachable) return Promise.reject(new TypeError("Failed to fetch"));
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      init?.signal?.addEventListener("abort", () => {
        writer.abort(init.signal?.reason).catch(() => {});
      });
      attempts.push({
        headers: new Headers(init?.headers),
        send: (text) => void writer.write(new TextEncoder().encode(text)).catch(() => {}),
        end: () => void writer.close().catch(() => {}),
        get aborted() {
          return init?.signal?.aborted ?? false;
        },
      });
      return Promise.resolve(new Response(readable, { status: answers.status }));
    },
  });
  return { clock, attempts, events, states, answers, stop };
}

Deno.test("events arrive by name, also when they are cut apart on the way", async () => {
  const stream = watch();
  await stream.clock.advance(0);
  assert.equal(stream.attempts[0]?.headers.get("x-gatehouse-secret"), "s");
  stream.attempts[0]?.send('event: snapshot\nid: b.0\ndata: {"a"');
  await stream.clock.advance(0);
  stream.attempts[0]?.send(":1}\n\n:\n\n");
  await stream.clock.advance(0);
  assert.deepEqual(stream.events, [["snapshot", '{"a":1}']]);
  assert.deepEqual(stream.states, ["live"]);
  stream.stop();
});

Deno.test("a lost stream resumes after the last event, with growing waits", async () => {
  const stream = watch();
  await stream.clock.advance(0);
  stream.attempts[0]?.send("event: change\nid: b.7\ndata: {}\n\n");
  await stream.clock.advance(0);
  stream.attempts[0]?.end();
  await stream.clock.advance(0);
  assert.deepEqual(stream.states, ["live", "lost"]);
  stream.answers.reachable = false;
  await stream.clock.advance(backOffMs(1));
  await stream.clock.advance(backOffMs(2));
  assert.equal(stream.attempts.length, 1);
  stream.answers.reachable = true;
  await stream.clock.advance(backOffMs(3) - 1);
  assert.equal(stream.attempts.length, 1);
  await stream.clock.advance(1);
  assert.equal(stream.attempts[1]?.headers.get("last-event-id"), "b.7");
  assert.equal(stream.states.at(-1), "live");
  stream.stop();
});

Deno.test("half an event that the loss cut off is not taken for one", async () => {
  const stream = watch();
  await stream.clock.advance(0);
  stream.attempts[0]?.send('event: change\ndata: {"half":');
  await stream.clock.advance(0);
  stream.attempts[0]?.end();
  await stream.clock.advance(backOffMs(1));
  stream.attempts[1]?.send("event: change\ndata: {}\n\n");
  await stream.clock.advance(0);
  assert.deepEqual(stream.events, [["change", "{}"]]);
  stream.stop();
});

Deno.test("a stream that falls silent is given up; heartbeats keep it", async () => {
  const stream = watch();
  await stream.clock.advance(0);
  for (let beat = 0; beat < 4; beat++) {
    stream.attempts[0]?.send(":\n\n");
    await stream.clock.advance(silenceLimitMs - 1);
  }
  assert.deepEqual(stream.states, ["live"]);
  await stream.clock.advance(1);
  assert.equal(stream.attempts[0]?.aborted, true);
  assert.deepEqual(stream.states, ["live", "lost"]);
  stream.stop();
});

Deno.test("being signed out ends it: only signing in helps", async () => {
  const stream = watch();
  stream.answers.status = 401;
  await stream.clock.advance(0);
  stream.stop();
  const second = watch();
  await second.clock.advance(0);
  second.answers.status = 401;
  second.attempts[0]?.end();
  await second.clock.advance(60_000);
  assert.deepEqual(second.states, ["live", "lost", "signed-out"]);
  assert.equal(second.clock.waiting, 0);
});

Deno.test("closing it ends everything that it waits for", async () => {
  const stream = watch();
  await stream.clock.advance(0);
  stream.stop();
  await stream.clock.advance(0);
  assert.equal(stream.attempts[0]?.aborted, true);
  assert.equal(stream.clock.waiting, 0);
  assert.deepEqual(stream.states, ["live"]);
});

Deno.test("waits double up to four seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 99].map(backOffMs), [250, 500, 1000, 2000, 4000, 4000, 4000]);
});
