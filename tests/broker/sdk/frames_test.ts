import assert from "node:assert/strict";
import {
  decodeBrokerFrame,
  encodeClose,
  encodeCredit,
  encodeData,
  encodeDatagram,
  encodeGroup,
  encodeOpen,
  encodeSignal,
  encodeStartTls,
} from "../../../broker/sdk/frames.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import { frameVectors } from "../relay/vectors.ts";

function encodeAsSdk(frame: Frame): Uint8Array | null {
  const { type, streamId } = frame;
  switch (type) {
    case "OPEN":
      return encodeOpen(streamId, frame.body);
    case "DATA":
      return encodeData(streamId, frame.bytes);
    case "CREDIT":
      return encodeCredit(streamId, frame.addedBytes);
    case "FIN":
    case "STOP":
      return encodeSignal(type, streamId);
    case "STARTTLS":
      return encodeStartTls(streamId, frame.body);
    case "CLOSE":
      return encodeClose(streamId, frame.body);
    case "DATAGRAM":
      return encodeDatagram(streamId, frame);
    case "JOIN":
    case "LEAVE":
      return encodeGroup(type, streamId, frame.body);
    default:
      return null;
  }
}

Deno.test("the SDK writes what the vectors say an app sends", () => {
  for (const { name, frame, message, sentBy } of frameVectors) {
    if (sentBy === "app") assert.deepEqual(encodeAsSdk(frame), message, name);
  }
});

Deno.test("the SDK reads what the vectors say a broker sends", () => {
  for (const { name, frame, message, sentBy } of frameVectors) {
    if (sentBy === "broker") assert.deepEqual(decodeBrokerFrame(message.buffer), frame, name);
  }
});

Deno.test("frames of a later version are passed over", () => {
  assert.equal(decodeBrokerFrame(Uint8Array.of(0x7f, 1, 0, 0, 0, 9).buffer), null);
});
