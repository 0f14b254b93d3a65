/** The app's half of the relay's wire (broker/relay/PROTOCOL.md), small enough for a page. @module */
import type {
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
import { datagramHeader, type DatagramPayload, readDatagram } from "../schema/datagram_wire.ts";
import { frameHeaderBytes, frameType } from "../schema/relay_wire.ts";

/** A frame from the broker. The bytes of DATA are a view of the message and nobody else's. */
export type BrokerFrame =
  | { type: "WAITING"; streamId: number; body: WaitingFrame }
  | { type: "OPENED"; streamId: number; body: OpenedFrame }
  | { type: "DATA"; streamId: number; bytes: Uint8Array<ArrayBuffer> }
  | { type: "CREDIT"; streamId: number; addedBytes: number }
  | { type: "FIN"; streamId: number }
  | { type: "CLOSE"; streamId: number; body: CloseFrame }
  | { type: "HEAD"; streamId: number; body: HeadFrame }
  | { type: "DATAGRAM"; streamId: number } & DatagramPayload
  | { type: "DROPPED"; streamId: number; body: DroppedFrame }
  | { type: "LEAVE"; streamId: number; body: GroupFrame }
  | { type: "DONE"; streamId: number; body: DoneFrame }
  | { type: "ACCEPTED"; streamId: number; body: AcceptedFrame }
  | { type: "SECURED"; streamId: number; body: SecuredFrame };

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();

/**
 * Reads a frame from the broker, whose word is taken for its form.
 *
 * @returns null for a frame that this version does not know.
 * @throws When the frame is cut short or its JSON is none.
 */
export function decodeBrokerFrame(message: ArrayBuffer): BrokerFrame | null {
  const view = new DataView(message);
  const type = view.getUint8(0);
  const streamId = view.getUint32(1, true);
  const payload = new Uint8Array(message, frameHeaderBytes);
  switch (type) {
    case frameType.DATA:
      return { type: "DATA", streamId, bytes: payload };
    case frameType.CREDIT:
      return { type: "CREDIT", streamId, addedBytes: view.getUint32(frameHeaderBytes, true) };
    case frameType.FIN:
      return { type: "FIN", streamId };
    case frameType.WAITING:
      return { type: "WAITING", streamId, body: readJson(payload) as WaitingFrame };
    case frameType.OPENED:
      return { type: "OPENED", streamId, body: readJson(payload) as OpenedFrame };
    case frameType.HEAD:
      return { type: "HEAD", streamId, body: readJson(payload) as HeadFrame };
    case frameType.CLOSE:
      return { type: "CLOSE", streamId, body: readJson(payload) as CloseFrame };
    case frameType.DATAGRAM: {
      const datagram = readDatagram(payload);
      if (datagram === null) throw new TypeError("DATAGRAM is malformed");
      return { type: "DATAGRAM", streamId, ...datagram };
    }
    case frameType.DROPPED:
      return { type: "DROPPED", streamId, body: readJson(payload) as DroppedFrame };
    case frameType.LEAVE:
      return { type: "LEAVE", streamId, body: readJson(payload) as GroupFrame };
    case frameType.DONE:
      return { type: "DONE", streamId, body: readJson(payload) as DoneFrame };
    case frameType.ACCEPTED:
      return { type: "ACCEPTED", streamId, body: readJson(payload) as AcceptedFrame };
    case frameType.SECURED:
      return { type: "SECURED", streamId, body: readJson(payload) as SecuredFrame };
    default:
      return null;
  }
}

/** Writes OPEN. */
export function encodeOpen(streamId: number, body: OpenFrame): Uint8Array<ArrayBuffer> {
  return withHeader(frameType.OPEN, streamId, utf8Encoder.encode(JSON.stringify(body)));
}

/** Writes STARTTLS. */
export function encodeStartTls(streamId: number, body: StartTlsFrame): Uint8Array<ArrayBuffer> {
  return withHeader(frameType.STARTTLS, streamId, utf8Encoder.encode(JSON.stringify(body)));
}

/** Writes DATA; `bytes` are copied. */
export function encodeData(streamId: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return withHeader(frameType.DATA, streamId, bytes);
}

/** Writes DATAGRAM; the bytes are copied. */
export function encodeDatagram(
  streamId: number,
  datagram: DatagramPayload,
): Uint8Array<ArrayBuffer> {
  const header = datagramHeader(datagram);
  const payload = new Uint8Array(header.length + datagram.bytes.length);
  payload.set(header);
  payload.set(datagram.bytes, header.length);
  return withHeader(frameType.DATAGRAM, streamId, payload);
}

/** Writes JOIN or LEAVE. */
export function encodeGroup(
  type: "JOIN" | "LEAVE",
  streamId: number,
  body: GroupFrame,
): Uint8Array<ArrayBuffer> {
  return withHeader(frameType[type], streamId, utf8Encoder.encode(JSON.stringify(body)));
}

/** Writes CREDIT. */
export function encodeCredit(streamId: number, addedBytes: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, addedBytes, true);
  return withHeader(frameType.CREDIT, streamId, payload);
}

/** Writes FIN or STOP. */
export function encodeSignal(type: "FIN" | "STOP", streamId: number): Uint8Array<ArrayBuffer> {
  return withHeader(frameType[type], streamId, new Uint8Array(0));
}

/** Writes CLOSE. */
export function encodeClose(streamId: number, body: CloseFrame): Uint8Array<ArrayBuffer> {
  return withHeader(frameType.CLOSE, streamId, utf8Encoder.encode(JSON.stringify(body)));
}

function withHeader(type: number, streamId: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(frameHeaderBytes + payload.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, type);
  view.setUint32(1, streamId, true);
  message.set(payload, frameHeaderBytes);
  return message;
}

function readJson(payload: Uint8Array): unknown {
  return JSON.parse(utf8Decoder.decode(payload));
}
