import assert from "node:assert/strict";
import {
  decodeAppFrame,
  decodeFrame,
  encodeFrame,
  RelayError,
  writeDataHeader,
} from "../../../broker/relay/frame_codec.ts";
import { maxDatagramBytes } from "../../../broker/schema/datagram_wire.ts";
import {
  frameHeaderBytes,
  frameType,
  maxControlBytes,
  maxDataBytes,
} from "../../../broker/schema/relay_wire.ts";
import { frameVectors, refusedVectors } from "./vectors.ts";

Deno.test("every vector decodes to its frame, and the frame encodes to its bytes", () => {
  for (const { name, message, frame } of frameVectors) {
    const decoded = decodeFrame(message);
    // A DATA frame's bytes are a view of the message; compared as bytes.
    assert.deepEqual({ ...decoded }, { ...frame }, name);
    assert.deepEqual(encodeFrame(frame), message, name);
  }
});

Deno.test("what apps send a broker takes; what brokers send it takes only where apps send it too", () => {
  const oneWay = new Set(["WAITING", "OPENED", "DROPPED", "DONE", "SECURED"]);
  for (const { name, message, frame, sentBy } of frameVectors) {
    if (oneWay.has(frame.type)) {
      assert.throws(() => decodeAppFrame(message), { closeCode: 1002 }, name);
    } else if (sentBy === "app") {
      assert.deepEqual(decodeAppFrame(message), frame, name);
    }
  }
});

Deno.test("every refused vector is refused with its close code and reason", () => {
  for (const { name, message, closeCode, reason } of refusedVectors) {
    assert.throws(() => decodeAppFrame(message), (fault) => {
      assert.ok(fault instanceof RelayError, name);
      assert.deepEqual([fault.closeCode, fault.reason], [closeCode, reason], name);
      return true;
    });
  }
});

Deno.test("reasons fit a close frame, whatever they quote", () => {
  const member = "é".repeat(500);
  const json = new TextEncoder().encode(
    JSON.stringify({ error: { code: 1, phase: "dns", message: "", [member]: 1 } }),
  );
  const message = Uint8Array.from([frameType.CLOSE, 1, 0, 0, 0, ...json]);
  assert.throws(() => decodeFrame(message), (fault) => {
    assert.ok(fault instanceof RelayError);
    return fault.reason.length <= 123 && /^[ -~]*$/.test(fault.reason);
  });
});

Deno.test("the longest payloads pass, one byte more does not", () => {
  const message = (type: number, payloadBytes: number) => {
    const bytes = new Uint8Array(frameHeaderBytes + payloadBytes).fill(0x20);
    bytes.set([type, 1, 0, 0, 0]);
    return bytes;
  };
  assert.equal(decodeFrame(message(frameType.DATA, maxDataBytes)).type, "DATA");
  const tooLong = { closeCode: 1002, reason: "frame longer than its type may be" };
  assert.throws(() => decodeFrame(message(frameType.DATA, maxDataBytes + 1)), tooLong);
  assert.throws(() => decodeFrame(message(frameType.OPEN, maxControlBytes + 1)), tooLong);
  assert.throws(() => decodeFrame(message(frameType.OPEN, maxControlBytes)), {
    reason: "OPEN is not JSON",
  });
});

Deno.test("a header written in place is that of a DATA frame", () => {
  const message = Uint8Array.from([9, 9, 9, 9, 9, 1, 2, 3]);
  writeDataHeader(message, 0xfffefdfc);
  const bytes = Uint8Array.of(1, 2, 3);
  assert.deepEqual(message, encodeFrame({ type: "DATA", streamId: 0xfffefdfc, bytes }));
});

Deno.test("PROTOCOL.md lists every frame type with its number, and no other", async () => {
  const protocol = await Deno.readTextFile(
    new URL("../../../broker/relay/PROTOCOL.md", import.meta.url),
  );
  const rows = [...protocol.matchAll(/^\| ([A-Z]+) +\| (0x[0-9a-f]{2}) +\| (\w+)/gm)];
  const listed = Object.fromEntries(rows.map(([, name, number]) => [name, Number(number)]));
  assert.deepEqual(listed, { ...frameType });
  for (const [, name = "", , sentBy] of rows) {
    const senders = new Set(
      frameVectors.filter(({ frame }) => frame.type === name).map((vector) => vector.sentBy),
    );
    const expected = sentBy === "both" ? ["app", "broker"] : [sentBy];
    assert.deepEqual([...senders].sort(), expected, `${name} is sent by ${sentBy}`);
  }
});

Deno.test("PROTOCOL.md gives the limits that hold", async () => {
  const protocol = await Deno.readTextFile(
    new URL("../../../broker/relay/PROTOCOL.md", import.meta.url),
  );
  const lengths = [maxDataBytes, maxControlBytes, maxDataBytes + frameHeaderBytes];
  for (const bytes of [...lengths, maxDatagramBytes]) {
    assert.ok(protocol.includes(bytes.toLocaleString("en")), `${bytes}`);
  }
});
