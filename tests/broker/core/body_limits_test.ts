import assert from "node:assert/strict";
import fc from "fast-check";
import { bodyFault, type BodyLimits, contentCodings } from "../../../broker/core/body_limits.ts";

const limits: BodyLimits = {
  maxBytes: 1_000_000,
  maxRatio: 10,
  freeBytes: 1000,
  minBytesPerWindow: 1,
  slowWindowMs: 1,
};

const sizes: readonly (readonly [encoded: number, decoded: number, fault: RegExp | null])[] = [
  [0, 0, null],
  [1000, 1000, null],
  [1, 1000, null],
  [1, 1001, /10 times its size/],
  [100, 1000, null],
  [101, 1001, null],
  [200, 2000, null],
  [200, 2001, /10 times its size/],
  [1_000_000, 1_000_000, null],
  [1_000_001, 1_000_001, /larger than 1000000 bytes/],
  [100_000, 1_000_001, /larger than 1000000 bytes/],
];

Deno.test("a body passes up to its size and up to its ratio, and small ones whatever their ratio", () => {
  for (const [encodedBytes, decodedBytes, fault] of sizes) {
    const found = bodyFault({ encodedBytes, decodedBytes }, limits);
    const title = `${encodedBytes} -> ${decodedBytes}`;
    if (fault === null) assert.equal(found, null, title);
    else assert.match(found ?? "", fault, title);
  }
});

Deno.test("nothing passes that is beyond a bound, and what has failed stays failed as it grows", () => {
  const size = fc.nat(3_000_000);
  fc.assert(fc.property(size, size, fc.nat(1000), (encodedBytes, decodedBytes, more) => {
    const fault = bodyFault({ encodedBytes, decodedBytes }, limits);
    if (fault === null) {
      assert.ok(decodedBytes <= limits.maxBytes);
      assert.ok(decodedBytes <= Math.max(limits.freeBytes, encodedBytes * limits.maxRatio));
    } else assert.ok(bodyFault({ encodedBytes, decodedBytes: decodedBytes + more }, limits));
  }));
});

const codings: readonly (readonly [header: string | null, codings: readonly string[] | null])[] = [
  [null, []],
  ["", []],
  ["identity", []],
  ["gzip", ["gzip"]],
  ["X-GZIP", ["gzip"]],
  [" br ", ["br"]],
  ["gzip, br", ["gzip", "br"]],
  ["gzip,identity,gzip", ["gzip", "gzip"]],
  ["gzip, gzip, gzip", null],
  ["deflate", null],
  ["zstd", null],
  ["gzip, zstd", null],
  ["gzip;q=1", null],
  ["constructor", null],
];

Deno.test("which encodings are undone", () => {
  for (const [header, expected] of codings) {
    assert.deepEqual(contentCodings(header), expected, String(header));
  }
});
