/** The codec of Wisp against its byte vectors, and against anything at all. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeWispPacket,
  encodeWispPacket,
  WispError,
  type WispPacket,
  wispReason,
} from "../../../broker/relay/wisp_codec.ts";
import vectors from "../../fixtures/vectors/wisp-frames.json" with { type: "json" };
import { fromHex } from "./vectors.ts";

/** A packet as the file has it: bytes in hexadecimal. */
function toHex(packet: WispPacket): unknown {
  return JSON.parse(JSON.stringify(
    packet,
    (_name, value) => value instanceof Uint8Array ? value.toHex() : value,
  ));
}

for (const { name, hex, packet } of vectors.packets) {
  Deno.test(`read and written alike: ${name}`, () => {
    const decoded = decodeWispPacket(fromHex(hex));
    assert.deepEqual(toHex(decoded), packet);
    assert.equal(encodeWispPacket(decoded).toHex(), hex);
  });
}

for (const { name, hex, streamId, reason } of vectors.refused) {
  Deno.test(`refused: ${name}`, () => {
    assert.throws(
      () => decodeWispPacket(fromHex(hex)),
      (fault) =>
        fault instanceof WispError && fault.streamId === streamId && fault.reason === reason,
    );
  });
}

Deno.test("a CLOSE that is cut short closes all the same", () => {
  assert.deepEqual(decodeWispPacket(fromHex("0407000000")), {
    type: "CLOSE",
    streamId: 7,
    reason: wispReason.unknown,
  });
});

Deno.test("packets are read where they lie, in the middle of a larger buffer as well", () => {
  const whole = fromHex(`ffff${vectors.packets[7]?.hex}ff`);
  const decoded = decodeWispPacket(whole.subarray(2, whole.length - 1));
  assert.deepEqual(toHex(decoded), vectors.packets[7]?.packet);
});

Deno.test("anything is a packet that encodes to the same meaning, or a WispError", () => {
  const known = vectors.packets.map(({ hex }) => fromHex(hex));
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    // A known packet with one byte changed and its end cut off or added to.
    fc.tuple(fc.constantFrom(...known), fc.nat(), fc.nat(255), fc.nat(3), fc.uint8Array()).map(
      ([bytes, at, value, cut, more]) => {
        const changed = bytes.slice(0, bytes.length - cut);
        if (changed.length > 0) changed[at % changed.length] = value;
        return Uint8Array.from([...changed, ...more]);
      },
    ),
  );
  let accepted = 0;
  fc.assert(
    fc.property(message, (bytes) => {
      try {
        const packet = decodeWispPacket(bytes);
        assert.deepEqual(decodeWispPacket(encodeWispPacket(packet)), packet);
        accepted++;
      } catch (fault) {
        assert.ok(fault instanceof WispError, `${fault}`);
        assert.match(fault.reason, /^[ -~]{1,123}$/);
      }
    }),
    { numRuns: 60_000, seed: 8737 },
  );
  assert.ok(accepted > 5000 && accepted < 55_000, `${accepted} accepted`);
});
