/** The codec of the relay's wire (PROTOCOL.md): bytes to frames and back, as pure functions. @module */
import type { z } from "zod";
import {
  AcceptedFrame,
  CloseFrame,
  DoneFrame,
  DroppedFrame,
  GroupFrame,
  HeadFrame,
  OpenedFrame,
  OpenFrame,
  SecuredFrame,
  StartTlsFrame,
  WaitingFrame,
} from "../schema/relay.ts";
import {
  datagramHeader,
  type DatagramPayload,
  maxDatagramPayloadBytes,
  readDatagram,
} from "../schema/datagram_wire.ts";
import {
  frameHeaderBytes,
  frameType,
  maxAppStreamId,
  maxControlBytes,
  maxDataBytes,
  relayCloseCode,
} from "../schema/relay_wire.ts";

/** A frame, either way. `streamId` is 1 to 2³²-1; stream 0 is the relay itself and has no frames yet. */
export type Frame =
  | { type: "OPEN"; streamId: number; body: OpenFrame }
  | { type: "WAITING"; streamId: number; body: WaitingFrame }
  | { type: "OPENED"; streamId: number; body: OpenedFrame }
  | { type: "DATA"; streamId: number; bytes: Uint8Array }
  | { type: "CREDIT"; streamId: number; addedBytes: number }
  | { type: "FIN"; streamId: number }
  | { type: "STOP"; streamId: number }
  | { type: "CLOSE"; streamId: number; body: CloseFrame }
  | { type: "DATAGRAM"; streamId: number } & DatagramPayload
  | { type: "DROPPED"; streamId: number; body: DroppedFrame }
  | { type: "JOIN" | "LEAVE"; streamId: number; body: GroupFrame }
  | { type: "DONE"; streamId: number; body: DoneFrame }
  | { type: "ACCEPTED"; streamId: number; body: AcceptedFrame }
  | { type: "STARTTLS"; streamId: number; body: StartTlsFrame }
  | { type: "SECURED"; streamId: number; body: SecuredFrame }
  | { type: "HEAD"; streamId: number; body: HeadFrame };

/** A breach of the wire that ends the whole relay: with which close code, and why. */
export class RelayError extends Error {
  override name = "RelayError";
  /**
   * @param closeCode The WebSocket close code.
   * @param reason Why, in at most 123 bytes of ASCII, as RFC 6455 section 5.5 wants it.
   */
  constructor(readonly closeCode: number, readonly reason: string) {
    super(reason);
  }
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });

const ofBrokers: ReadonlySet<Frame["type"]> = new Set([
  "WAITING",
  "OPENED",
  "DROPPED",
  "DONE",
  "ACCEPTED",
  "SECURED",
  "HEAD",
]);

/**
 * Reads a frame as the broker may receive it.
 *
 * @param message One whole binary message. The bytes of a DATA frame are a view of it.
 * @throws RelayError with code 1002 for anything else than a well-formed frame of an app.
 */
export function decodeAppFrame(message: Uint8Array): Frame {
  const frame = decodeFrame(message);
  if (ofBrokers.has(frame.type)) {
    throw protocolError(`${frame.type} is for the broker to send`);
  }
  if (frame.type === "OPEN" && frame.streamId > maxAppStreamId) {
    throw protocolError("stream id above 2147483647");
  }
  return frame;
}

/**
 * Reads a frame of either side.
 *
 * @throws RelayError with code 1002 for anything else than a well-formed frame.
 */
export function decodeFrame(message: Uint8Array): Frame {
  if (message.length < frameHeaderBytes) throw protocolError("frame shorter than its header");
  const type = message[0];
  const streamId = readUint32(message, 1);
  if (streamId === 0) throw protocolError("stream 0 has no frames");
  const payload = message.subarray(frameHeaderBytes);
  if (payload.length > maxPayloadBytes(type)) {
    throw protocolError("frame longer than its type may be");
  }
  switch (type) {
    case frameType.OPEN:
      return { type: "OPEN", streamId, body: readJson("OPEN", OpenFrame, payload) };
    case frameType.WAITING:
      return { type: "WAITING", streamId, body: readJson("WAITING", WaitingFrame, payload) };
    case frameType.OPENED:
      return { type: "OPENED", streamId, body: readJson("OPENED", OpenedFrame, payload) };
    case frameType.DATA:
      if (payload.length === 0) throw protocolError("DATA without bytes");
      return { type: "DATA", streamId, bytes: payload };
    case frameType.CREDIT: {
      if (payload.length !== 4) throw protocolError("CREDIT is not 4 bytes");
      const addedBytes = readUint32(payload, 0);
      if (addedBytes === 0) throw protocolError("CREDIT of nothing");
      return { type: "CREDIT", streamId, addedBytes };
    }
    case frameType.FIN:
      if (payload.length !== 0) throw protocolError("FIN with a payload");
      return { type: "FIN", streamId };
    case frameType.STOP:
      if (payload.length !== 0) throw protocolError("STOP with a payload");
      return { type: "STOP", streamId };
    case frameType.CLOSE:
      return { type: "CLOSE", streamId, body: readJson("CLOSE", CloseFrame, payload) };
    case frameType.DATAGRAM: {
      const datagram = readDatagram(payload);
      if (datagram === null) throw protocolError("DATAGRAM is malformed");
      return { type: "DATAGRAM", streamId, ...datagram };
    }
    case frameType.DROPPED:
      return { type: "DROPPED", streamId, body: readJson("DROPPED", DroppedFrame, payload) };
    case frameType.JOIN:
      return { type: "JOIN", streamId, body: readJson("JOIN", GroupFrame, payload) };
    case frameType.LEAVE:
      return { type: "LEAVE", streamId, body: readJson("LEAVE", GroupFrame, payload) };
    case frameType.DONE:
      return { type: "DONE", streamId, body: readJson("DONE", DoneFrame, payload) };
    case frameType.ACCEPTED:
      return { type: "ACCEPTED", streamId, body: readJson("ACCEPTED", AcceptedFrame, payload) };
    case frameType.STARTTLS:
      return { type: "STARTTLS", streamId, body: readJson("STARTTLS", StartTlsFrame, payload) };
    case frameType.SECURED:
      return { type: "SECURED", streamId, body: readJson("SECURED", SecuredFrame, payload) };
    case frameType.HEAD:
      return { type: "HEAD", streamId, body: readJson("HEAD", HeadFrame, payload) };
    default:
      throw protocolError(`unknown frame type ${type}`);
  }
}

/** Writes a frame as one message. The bytes of a DATA frame are copied; see {@link writeDataHeader} for the way without. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case "DATA":
      return withHeader(frameType.DATA, frame.streamId, frame.bytes);
    case "CREDIT": {
      const payload = new Uint8Array(4);
      writeUint32(payload, 0, frame.addedBytes);
      return withHeader(frameType.CREDIT, frame.streamId, payload);
    }
    case "DATAGRAM": {
      const header = datagramHeader(frame);
      const payload = new Uint8Array(header.length + frame.bytes.length);
      payload.set(header);
      payload.set(frame.bytes, header.length);
      return withHeader(frameType.DATAGRAM, frame.streamId, payload);
    }
    case "FIN":
    case "STOP":
      return withHeader(frameType[frame.type], frame.streamId, new Uint8Array(0));
    default:
      return withHeader(
        frameType[frame.type],
        frame.streamId,
        utf8Encoder.encode(JSON.stringify(frame.body)),
      );
  }
}

/** Writes the header of a DATA frame into the first five bytes of `message`, whose rest is the payload already. */
export function writeDataHeader(message: Uint8Array, streamId: number): void {
  message[0] = frameType.DATA;
  writeUint32(message, 1, streamId);
}

/** Does for a DATAGRAM frame what {@link writeDataHeader} does for a DATA frame. */
export function writeDatagramFrameHeader(message: Uint8Array, streamId: number): void {
  message[0] = frameType.DATAGRAM;
  writeUint32(message, 1, streamId);
}

function maxPayloadBytes(type: number | undefined): number {
  if (type === frameType.DATA) return maxDataBytes;
  return type === frameType.DATAGRAM ? maxDatagramPayloadBytes : maxControlBytes;
}

function withHeader(type: number, streamId: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(frameHeaderBytes + payload.length);
  message[0] = type;
  writeUint32(message, 1, streamId);
  message.set(payload, frameHeaderBytes);
  return message;
}

function readJson<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  payload: Uint8Array,
): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(utf8Decoder.decode(payload));
  } catch {
    throw protocolError(`${name} is not JSON`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join("/") ?? "";
  throw protocolError(`${name} is malformed at /${path}`);
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) | (bytes[offset + 1] ?? 0) << 8 | (bytes[offset + 2] ?? 0) << 16 |
    (bytes[offset + 3] ?? 0) << 24) >>> 0;
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

function protocolError(reason: string): RelayError {
  return new RelayError(relayCloseCode.protocolError, reason.replace(/[^ -~]/g, "?").slice(0, 123));
}
