import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBindingAnswer, encodeBindingRequest } from "../../../broker/core/stun.ts";

const bytes = (hex: string) =>
  Uint8Array.from(hex.replaceAll(/\s/g, "").match(/../g) ?? [], (pair) => parseInt(pair, 16));

// RFC 5769, the transaction id of its test vectors.
const id = bytes("b7e7a701 bc34d686 fa87dfae");

Deno.test("a binding request is its header alone", () => {
  assert.deepEqual(
    encodeBindingRequest(id),
    bytes("0001 0000 2112a442 b7e7a701 bc34d686 fa87dfae"),
  );
});

Deno.test("the answers of RFC 5769 tell their addresses", () => {
  const v4 = bytes(`0101 003c 2112a442 b7e7a701 bc34d686 fa87dfae
    8022 000b 74657374 20766563 746f7220
    0020 0008 0001a147 e112a643
    0008 0014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
    8028 0004 c07d4c96`);
  assert.equal(decodeBindingAnswer(v4, id), "192.0.2.1");
  const v6 = bytes(`0101 0048 2112a442 b7e7a701 bc34d686 fa87dfae
    8022 000b 74657374 20766563 746f7220
    0020 0014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
    0008 0014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
    8028 0004 c8fb0b4c`);
  assert.equal(decodeBindingAnswer(v6, id), "2001:db8:1234:5678:11:2233:4455:6677");
});

Deno.test("servers of RFC 3489 tell a plain address", () => {
  const answer = bytes("0101 000c 2112a442 b7e7a701 bc34d686 fa87dfae 0001 0008 00010050 c0000201");
  assert.equal(decodeBindingAnswer(answer, id), "192.0.2.1");
});

Deno.test("another transaction, an error, a cut or padded message is no answer", () => {
  const good = "0101 000c 2112a442 b7e7a701 bc34d686 fa87dfae 0020 0008 0001a147 e112a643";
  assert.equal(decodeBindingAnswer(bytes(good), id), "192.0.2.1");
  const bad = [
    good.replace("b7e7a701", "b7e7a702"),
    good.replace("0101", "0111"),
    good.replace("2112a442", "2112a443"),
    good.replace("000c", "0010"),
    good.replace("0008", "0040"),
    good.replace("0001a147", "0003a147"),
    good.slice(0, -4),
    `${good} 00`,
    "0101",
    "",
  ];
  for (const text of bad) assert.equal(decodeBindingAnswer(bytes(text), id), null, text);
});

Deno.test("nothing that comes makes it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      const message = new Uint8Array(20 + noise.length);
      message.set(bytes("0101 0000 2112a442 b7e7a701 bc34d686 fa87dfae"));
      new DataView(message.buffer).setUint16(2, noise.length);
      message.set(noise, 20);
      decodeBindingAnswer(message, id);
      decodeBindingAnswer(noise, id);
    }),
    { numRuns: 20_000 },
  );
});
