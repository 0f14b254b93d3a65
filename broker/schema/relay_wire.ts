/**
 * The numbers of the relay's wire (broker/relay/PROTOCOL.md): frame types, sizes, subprotocols and close codes.
 * Free of zod, so that the SDK can carry it into a browser.
 *
 * @module
 */

/** The subprotocol that the broker answers; it names the version of the wire. */
export const relaySubprotocol = "gatehouse.v1";

/** What stands before the app token in the second subprotocol that an app offers. */
export const relayTokenPrefix = "gatehouse.token.";

/** The type of a frame, its first byte. */
export const frameType = {
  OPEN: 0x01,
  WAITING: 0x02,
  OPENED: 0x03,
  DATA: 0x04,
  CREDIT: 0x05,
  FIN: 0x06,
  STOP: 0x07,
  CLOSE: 0x08,
  DATAGRAM: 0x10,
  DROPPED: 0x11,
  JOIN: 0x12,
  LEAVE: 0x13,
  DONE: 0x14,
  ACCEPTED: 0x20,
  STARTTLS: 0x30,
  SECURED: 0x31,
  HEAD: 0x40,
} as const;

/** Bytes before the payload: `u8 type`, `u32 stream id`, little-endian. */
export const frameHeaderBytes = 5;

/** The longest payload of a DATA frame. */
export const maxDataBytes = 256 * 1024;

/** The longest payload of every other frame, but for DATAGRAM (see datagram_wire.ts). */
export const maxControlBytes = 16 * 1024;

/** The longest message: what the WebSocket server is to be given as its limit. */
export const maxMessageBytes = frameHeaderBytes + maxDataBytes;

/** The highest stream id that an app may choose; those above are set aside for streams that the broker begins. */
export const maxAppStreamId = 0x7fffffff;

/** Credit never grows beyond this many bytes. */
export const maxCreditBytes = 0xffffffff;

/** The longest first credit of a connection that its app may come back to: what a broker keeps for it at most. */
export const maxReattachBytes = 1024 * 1024;

/** Why a relay ends, as WebSocket close codes (RFC 6455 section 7.4.1). */
export const relayCloseCode = {
  /** The broker stops. */
  goingAway: 1001,
  /** A frame broke the rules of the wire. */
  protocolError: 1002,
  /** A text frame came; only binary frames are understood. */
  unsupportedData: 1003,
  /** The app is no longer installed, or asked for more than a relay gives. */
  policyViolation: 1008,
  /** A message was longer than {@link maxMessageBytes}. */
  messageTooBig: 1009,
  /** The broker itself is at fault. */
  internalError: 1011,
} as const;
