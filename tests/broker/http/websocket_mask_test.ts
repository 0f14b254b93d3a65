import assert from "node:assert/strict";
import fc from "fast-check";
import { websocketMask, websocketUnmask } from "../../../broker/http/websocket_mask.ts";

const cases = fc.record({
  bytes: fc.uint8Array({ maxLength: 100 }),
  mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  offset: fc.nat(9),
});

function expected(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, n) => byte ^ (mask[n % 4] ?? 0));
}

Deno.test("unmasking in place is what RFC 6455 says, wherever the bytes lie", () => {
  fc.assert(fc.property(cases, ({ bytes, mask, offset }) => {
    const buffer = new Uint8Array(offset + bytes.length + 3).fill(7);
    buffer.set(bytes, offset);
    websocketUnmask(buffer.subarray(offset, offset + bytes.length), mask);
    assert.deepEqual(buffer.slice(offset, offset + bytes.length), expected(bytes, mask));
    assert.ok(buffer.subarray(0, offset).every((byte) => byte === 7));
    assert.ok(buffer.subarray(offset + bytes.length).every((byte) => byte === 7));
  }));
});

Deno.test("masking writes beside the source and leaves it alone", () => {
  fc.assert(fc.property(cases, ({ bytes, mask, offset }) => {
    const source = bytes.slice();
    const output = new Uint8Array(offset + bytes.length);
    websocketMask(source, mask, output, offset, bytes.length);
    assert.deepEqual(output.slice(offset), expected(bytes, mask));
    assert.deepEqual(source, bytes);
  }));
});
