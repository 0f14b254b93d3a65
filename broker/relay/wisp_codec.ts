/** The codec of Wisp, versions 1 and 2: bytes to packets and back, as pure functions. @module */

/** The types of packets, their first byte. */
export const wispType = { CONNECT: 1, DATA: 2, CONTINUE: 3, CLOSE: 4, INFO: 5 } as const;

/** The types of streams that a CONNECT may ask for. */
export const wispStreamType = { tcp: 1, udp: 2 } as const;

/** Extensions of version 2, by id. */
export const wispExtension = { udp: 1, streamConfirmation: 5 } as const;

/** Why a stream is closed. What is not here is for clients to send, and means nothing to a server. */
export const wispReason = {
  unknown: 0x01,
  voluntary: 0x02,
  networkError: 0x03,
  incompatible: 0x04,
  invalid: 0x41,
  unreachable: 0x42,
  connectTimeout: 0x43,
  refused: 0x44,
  transferTimeout: 0x47,
  blocked: 0x48,
  throttled: 0x49,
} as const;
/** Why a stream is closed. */
export type WispReason = typeof wispReason[keyof typeof wispReason];

/** Bytes before the payload: `u8 type`, `u32 stream id`, little-endian. */
export const wispHeaderBytes = 5;

/** One extension as INFO carries it. */
export interface WispExtension {
  id: number;
  payload: Uint8Array;
}

/** A packet, either way. Stream 0 is the connection itself. */
export type WispPacket =
  | { type: "CONNECT"; streamId: number; streamType: number; port: number; host: string }
  | { type: "DATA"; streamId: number; bytes: Uint8Array }
  | { type: "CONTINUE"; streamId: number; creditPackets: number }
  | { type: "CLOSE"; streamId: number; reason: number }
  | { type: "INFO"; streamId: 0; major: number; minor: number; extensions: WispExtension[] };

/** A packet that cannot be read. It ends its own stream, or with `streamId` 0 the whole connection. */
export class WispError extends Error {
  override name = "WispError";
  /** @param reason Why, in ASCII. */
  constructor(readonly streamId: number, readonly reason: string) {
    super(reason);
  }
}

/** A name has at most 253 bytes, and an address less. */
const maxHostBytes = 253;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a packet of either side.
 *
 * @param message One whole binary message. The bytes of DATA and of extensions are views of it.
 * @throws WispError for anything else than a well-formed packet.
 */
export function decodeWispPacket(message: Uint8Array): WispPacket {
  if (message.length < wispHeaderBytes) throw new WispError(0, "packet shorter than its header");
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const streamId = view.getUint32(1, true);
  const payload = message.subarray(wispHeaderBytes);
  switch (message[0]) {
    case wispType.CONNECT:
      return decodeConnect(streamId, payload);
    case wispType.DATA:
      return { type: "DATA", streamId, bytes: payload };
    case wispType.CONTINUE:
      if (payload.length !== 4) throw new WispError(streamId, "CONTINUE is not 4 bytes");
      return { type: "CONTINUE", streamId, creditPackets: view.getUint32(wispHeaderBytes, true) };
    case wispType.CLOSE:
      // A CLOSE that is cut short closes its stream all the same.
      return { type: "CLOSE", streamId, reason: payload[0] ?? wispReason.unknown };
    case wispType.INFO:
      return decodeInfo(streamId, payload);
    default:
      throw new WispError(0, `unknown packet type ${message[0]}`);
  }
}

/** Writes a packet as one message. The bytes of DATA are copied; see {@link writeWispDataHeader} for the way without. */
export function encodeWispPacket(packet: WispPacket): Uint8Array<ArrayBuffer> {
  const payload = encodePayload(packet);
  const message = new Uint8Array(wispHeaderBytes + payload.length);
  writeHeader(message, wispType[packet.type], packet.streamId);
  message.set(payload, wispHeaderBytes);
  return message;
}

/** Writes the header of DATA into the first five bytes of `message`, whose rest is the payload already. */
export function writeWispDataHeader(message: Uint8Array, streamId: number): void {
  writeHeader(message, wispType.DATA, streamId);
}

function decodeConnect(streamId: number, payload: Uint8Array): WispPacket {
  if (payload.length < 4) throw new WispError(streamId, "CONNECT without a host");
  if (payload.length - 3 > maxHostBytes) throw new WispError(streamId, "CONNECT to a long host");
  const [streamType = 0, portLow = 0, portHigh = 0] = payload;
  let host: string;
  try {
    host = utf8Decoder.decode(payload.subarray(3));
  } catch {
    throw new WispError(streamId, "CONNECT to a host that is not UTF-8");
  }
  return { type: "CONNECT", streamId, streamType, port: portLow | portHigh << 8, host };
}

function decodeInfo(streamId: number, payload: Uint8Array): WispPacket {
  if (streamId !== 0) throw new WispError(0, "INFO outside stream 0");
  const [major, minor] = payload;
  if (major === undefined || minor === undefined) throw new WispError(0, "INFO without a version");
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const extensions: WispExtension[] = [];
  for (let at = 2; at < payload.length;) {
    if (at + 5 > payload.length) throw new WispError(0, "INFO with a cut extension");
    const end = at + 5 + view.getUint32(at + 1, true);
    if (end > payload.length) throw new WispError(0, "INFO with a cut extension");
    extensions.push({ id: view.getUint8(at), payload: payload.subarray(at + 5, end) });
    at = end;
  }
  return { type: "INFO", streamId, major, minor, extensions };
}

function encodePayload(packet: WispPacket): Uint8Array {
  switch (packet.type) {
    case "CONNECT": {
      const { streamType, port, host } = packet;
      return Uint8Array.of(streamType, port, port >>> 8, ...utf8Encoder.encode(host));
    }
    case "DATA":
      return packet.bytes;
    case "CONTINUE": {
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, packet.creditPackets, true);
      return payload;
    }
    case "CLOSE":
      return Uint8Array.of(packet.reason);
    case "INFO":
      return Uint8Array.from([
        packet.major,
        packet.minor,
        ...packet.extensions.flatMap(({ id, payload: { length }, payload }) => [
          ...[id, length, length >>> 8, length >>> 16, length >>> 24],
          ...payload,
        ]),
      ]);
  }
}

function writeHeader(message: Uint8Array, type: number, streamId: number): void {
  message[0] = type;
  message[1] = streamId;
  message[2] = streamId >>> 8;
  message[3] = streamId >>> 16;
  message[4] = streamId >>> 24;
}
