import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { WriteQueue } from "../../../broker/relay/write_queue.ts";

Deno.test("whatever is pushed and shifted in whatever order, the bytes come out as they went in", () => {
  const step = fc.oneof(
    fc.record({ push: fc.constantFrom(1, 2, 100, 4095, 4096, 40_000) }),
    fc.constant("shift" as const),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const queue = new WriteQueue();
    const pushed: number[] = [];
    const shifted: number[] = [];
    for (const step of steps) {
      if (step === "shift") shifted.push(...queue.shift() ?? []);
      else {
        const bytes = Uint8Array.from({ length: step.push }, (_, n) => pushed.length + n);
        for (const byte of bytes) pushed.push(byte);
        queue.push(bytes);
      }
    }
    for (let piece = queue.shift(); piece; piece = queue.shift()) {
      for (const byte of piece) shifted.push(byte);
    }
    assert.equal(Buffer.from(shifted).compare(Buffer.from(pushed)), 0);
  }));
});

Deno.test("small pieces are joined while they wait, the first one is not kept waiting", () => {
  const queue = new WriteQueue();
  for (let n = 0; n < 1000; n++) queue.push(Uint8Array.of(n));
  assert.equal(queue.shift()?.length, 1);
  assert.equal(queue.length, 1);
  assert.equal(queue.shift()?.length, 999);
  assert.equal(queue.shift(), undefined);
});

Deno.test("a cleared queue is empty", () => {
  const queue = new WriteQueue();
  queue.push(new Uint8Array(10));
  queue.push(new Uint8Array(10));
  queue.clear();
  assert.equal(queue.shift(), undefined);
});
