/** STUN binding, the least that tells a machine its public address (RFC 8489): the request, and what an answer says. @module */
import { formatIpAddress } from "./ip_address.ts";

/** Bytes of a transaction id; to be chosen at random, as nothing else tells an answer from a guess. */
export const transactionIdBytes = 12;

const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const magicCookie = 0x2112a442;
const headerBytes = 20;
const xorMappedAddress = 0x0020;
const mappedAddress = 0x0001;

/** A binding request (section 5). */
export function encodeBindingRequest(transactionId: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(headerBytes);
  const view = new DataView(message.buffer);
  view.setUint16(0, bindingRequest);
  view.setUint32(4, magicCookie);
  message.set(transactionId, 8);
  return message;
}

/**
 * The address that an answer tells, in canonical form.
 *
 * @returns Null for what is no answer to this request: another transaction, an error, a broken or truncated message.
 */
export function decodeBindingAnswer(
  message: Uint8Array,
  transactionId: Uint8Array,
): string | null {
  if (message.length < headerBytes) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const isOurs = view.getUint16(0) === bindingSuccess && view.getUint32(4) === magicCookie &&
    transactionId.every((byte, at) => message[8 + at] === byte);
  if (!isOurs || view.getUint16(2) !== message.length - headerBytes) return null;
  let plain: string | null = null;
  for (let at = headerBytes; at + 4 <= message.length;) {
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (at + 4 + length > message.length) return null;
    const value = message.subarray(at + 4, at + 4 + length);
    if (type === xorMappedAddress) return readAddress(value, message.subarray(4, headerBytes));
    if (type === mappedAddress) plain = readAddress(value, null);
    at += 4 + length + (4 - length % 4) % 4;
  }
  return plain;
}

/** Reads an address attribute (sections 14.1 and 14.2); `mask` is the cookie and the transaction id. */
function readAddress(value: Uint8Array, mask: Uint8Array | null): string | null {
  const family = value[1] === 1 ? 4 : value[1] === 2 ? 6 : null;
  const size = family === 4 ? 4 : 16;
  if (family === null || value.length !== 4 + size) return null;
  let bits = 0n;
  for (let at = 0; at < size; at++) {
    bits = bits << 8n | BigInt((value[4 + at] ?? 0) ^ (mask?.[at] ?? 0));
  }
  return formatIpAddress({ family, value: bits });
}
