/** The queue of packets: order, counts and costs, however they are cut and joined. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketQueue } from "../../../broker/relay/packet_queue.ts";

Deno.test("packets come out in order, counted, and what they cost comes back to nothing", () => {
  const packets = fc.array(
    fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constant(new Uint8Array(5000).fill(7))),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(packets, fc.integer({ min: 1, max: 64 }), (given, maxPackets) => {
      const queue = new PacketQueue();
      const taken: number[] = [];
      let heldBytes = 0;
      let counted = 0;
      const take = () => {
        const batch = queue.shift(maxPackets);
        if (!batch) return false;
        assert.ok(batch.packets <= maxPackets);
        for (const byte of batch.bytes) taken.push(byte);
        counted += batch.packets;
        heldBytes -= batch.heldBytes;
        return true;
      };
      for (const [index, bytes] of given.entries()) {
        heldBytes += queue.push(bytes);
        if (index % 3 === 0) take();
        assert.equal(queue.length, index + 1 - counted);
        assert.equal(queue.heldBytes, heldBytes);
      }
      while (take());
      assert.deepEqual(taken, given.flatMap((bytes) => [...bytes]));
      assert.deepEqual([counted, heldBytes, queue.length], [given.length, 0, 0]);
    }),
    { numRuns: 100 },
  );
});

Deno.test("small packets are written as one, long ones as they came", () => {
  const queue = new PacketQueue();
  const long = new Uint8Array(5000);
  for (const bytes of [Uint8Array.of(1), Uint8Array.of(2), long, Uint8Array.of(3)]) {
    queue.push(bytes);
  }
  assert.deepEqual(queue.shift(64)?.bytes, Uint8Array.of(1, 2));
  assert.equal(queue.shift(64)?.bytes, long);
  assert.ok(queue.clear() > 0);
  assert.equal(queue.shift(64), undefined);
});
