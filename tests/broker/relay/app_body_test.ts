import assert from "node:assert/strict";
import fc from "fast-check";
import { AppBody } from "../../../broker/relay/app_body.ts";
import { settle } from "../../fakes/fake_clock.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a body to its end; `text` is what has come so far. */
function reading(body: AppBody): { text: string; over: Promise<void> } {
  const state = { text: "", over: Promise.resolve() };
  state.over = (async () => {
    for await (const piece of body) state.text += new TextDecoder().decode(piece);
  })();
  state.over.catch(() => {});
  return state;
}

Deno.test("what was pushed before and while it is read comes in order, and ends with the app's word", async () => {
  const taken: number[] = [];
  const body = new AppBody((count) => taken.push(count));
  body.push(bytes("one "));
  const read = reading(body);
  await settle();
  assert.equal(read.text, "one ");
  body.push(bytes("two "));
  body.push(bytes("three"));
  await settle();
  assert.equal(read.text, "one two three");
  assert.equal(body.over, false);
  body.finish();
  await read.over;
  assert.ok(body.over);
  assert.equal(taken.reduce((sum, count) => sum + count), "one two three".length);
});

Deno.test("what came before the end is read to the end", async () => {
  const body = new AppBody(() => {});
  body.push(bytes("all"));
  body.finish();
  const read = reading(body);
  await read.over;
  assert.equal(read.text, "all");
});

Deno.test("bytes count as taken once the reader comes back for more, and not before", async () => {
  const taken: number[] = [];
  const body = new AppBody((count) => taken.push(count));
  const pieces = body[Symbol.asyncIterator]();
  body.push(bytes("first"));
  await pieces.next();
  assert.deepEqual(taken, []);
  const next = pieces.next();
  await settle();
  assert.deepEqual(taken, [5]);
  body.finish();
  assert.equal((await next).done, true);
});

Deno.test("a fault ends it at once: what waited is forgotten, who reads is told", async () => {
  const body = new AppBody(() => {});
  const read = reading(body);
  await settle();
  const fault = new Error("over");
  body.fail(fault);
  await assert.rejects(read.over, fault);
  const late = new AppBody(() => {});
  late.push(bytes("never read"));
  late.fail(fault);
  const lateRead = reading(late);
  await assert.rejects(lateRead.over, fault);
  assert.equal(lateRead.text, "");
});

Deno.test("in whatever pieces it comes, nothing is lost, doubled or out of order", async () => {
  const step = fc.oneof(
    fc.integer({ min: 1, max: 9000 }),
    fc.constant("settle" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      let takenBytes = 0;
      const body = new AppBody((count) => takenBytes += count);
      const got: number[] = [];
      const read = (async () => {
        for await (const piece of body) for (const byte of piece) got.push(byte);
      })();
      let pushed = 0;
      for (const step of steps) {
        if (step === "settle") await settle();
        else body.push(Uint8Array.from({ length: step }, () => pushed++ % 251));
      }
      body.finish();
      await read;
      assert.equal(takenBytes, pushed);
      assert.equal(got.length, pushed);
      assert.ok(got.every((byte, index) => byte === index % 251));
    }),
    { numRuns: 60 },
  );
});
