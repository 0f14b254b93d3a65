/** Broken and half-broken input to the front ends: nothing throws past its boundary, and little is held. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeWispPacket, type WispPacket } from "../../../broker/relay/wisp_codec.ts";
import { settle } from "../../fakes/fake_clock.ts";
import type { Opened } from "./relay_rig.ts";
import { connect, refusal, WispRig } from "./front_end_rig.ts";
import type { ScriptedUdp } from "./scripted_udp.ts";

const streamId = fc.integer({ min: 0, max: 5 });
const packet: fc.Arbitrary<WispPacket> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }).map((id) => connect(id)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }).map((id) => connect(id, 2)) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("DATA" as const),
      streamId,
      bytes: fc.uint8Array({ maxLength: 200 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("CLOSE" as const),
      streamId: fc.integer({ min: 1, max: 5 }),
      reason: fc.nat(255),
    }),
  },
);
const step = fc.oneof(
  { weight: 30, arbitrary: packet.map((sent) => ({ message: encodeWispPacket(sent) })) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((message) => ({ message })) },
  { weight: 5, arbitrary: fc.constant("succeeds" as const) },
  { weight: 2, arbitrary: fc.constant("fails" as const) },
  { weight: 2, arbitrary: fc.constant("stalls" as const) },
  { weight: 3, arbitrary: fc.constant("answers" as const) },
  { weight: 1, arbitrary: fc.constant("hangs up" as const) },
);

Deno.test("a Wisp connection takes anything: it ends by itself at most, and leaves nothing", async () => {
  let ended = 0;
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const rig = new WispRig(1, { maxStreams: 4, maxHeldBytes: 4000, pingIntervalMs: 1e6 });
      const opened: Opened[] = [];
      const udps: ScriptedUdp[] = [];
      runs++;
      for (const act of steps) {
        const newest = opened.at(-1)?.connection;
        if (typeof act === "object") rig.socket.emit("message", act.message, true);
        else if (act === "succeeds") {
          const opening = rig.openings.shift();
          if (opening && !opening.events.signal.aborted) opened.push(await opening.succeed());
          const udpOpening = rig.udpOpenings.shift();
          if (udpOpening && !udpOpening.events.signal.aborted) {
            udps.push(await udpOpening.succeed());
          }
        } else if (act === "fails") await rig.openings.shift()?.fail(refusal("denied"));
        else if (act === "answers") {
          newest?.deliver(new Uint8Array(500));
          udps.at(-1)?.deliver("x".repeat(500));
        } else if (act === "hangs up") newest?.deliverFin();
        else if (newest) newest.stalled = !newest.stalled;
      }
      await settle();
      assert.ok(rig.wisp.streamCount <= 4);
      if (rig.socket.closedWith) ended++;
      rig.socket.emit("close");
      await rig.wisp.closed;
      await settle();
      // What was let go of while its server took nothing has its time.
      await rig.clock.advance(30_000);
      assert.equal(rig.wisp.streamCount, 0);
      assert.ok(rig.openings.every(({ events }) => events.signal.aborted));
      assert.ok(opened.every(({ connection, ends }) => connection.closed && ends.length === 1));
      assert.ok(rig.udpOpenings.every(({ events }) => events.signal.aborted));
      assert.ok(udps.every(({ ends }) => ends.length === 1));
      assert.equal(rig.clock.waiting, 0);
      assert.deepEqual(rig.log.errors, []);
    }),
    { numRuns: 600, seed: 8737 },
  );
  assert.ok(ended > runs / 10 && ended < runs, `${ended} of ${runs} connections ended`);
});
