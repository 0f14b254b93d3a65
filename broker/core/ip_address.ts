/** IP addresses and blocks of them as numbers, so that matching is two comparisons. @module */
import ipaddr from "ipaddr.js";

/** The version of the Internet Protocol. */
export type IpFamily = 4 | 6;

/** One address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** All addresses from `first` to `last`, which is one block of `prefixLength` leading bits. */
export interface AddressBlock {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefixLength: number;
}

/** How many bits an address of each family has. */
export const addressBits: Readonly<Record<IpFamily, number>> = { 4: 32, 6: 128 };

const fourNumbers = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** The value of eight parts of 16 bits. Two at a time: numbers are quicker than big integers. */
function partsToValue(parts: readonly number[]): bigint {
  let value = 0n;
  for (let n = 0; n < parts.length; n += 2) {
    value = (value << 32n) | BigInt((parts[n] ?? 0) * 0x10000 + (parts[n + 1] ?? 0));
  }
  return value;
}

/**
 * Reads an address in canonical form: four decimal parts, or IPv6 without brackets.
 *
 * Only for text that has been through the WHATWG host parser; see `host.ts`.
 * @returns null if the text is no such address.
 */
export function parseIpAddress(canonical: string): IpAddress | null {
  if (canonical.includes(":")) {
    if (!ipaddr.IPv6.isValid(canonical)) return null;
    return { family: 6, value: partsToValue(ipaddr.IPv6.parse(canonical).parts) };
  }
  // Most hosts are names; on those the library would throw and catch, which is slow.
  if (!fourNumbers.test(canonical) || !ipaddr.IPv4.isValid(canonical)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(canonical).octets;
  return { family: 4, value: BigInt(((a * 256 + b) * 256 + c) * 256 + d) };
}

/** Writes an address as the WHATWG URL Standard does, IPv6 without brackets. */
export function formatIpAddress(address: IpAddress): string {
  const bytes: number[] = [];
  for (let shift = addressBits[address.family] - 8; shift >= 0; shift -= 8) {
    bytes.push(Number((address.value >> BigInt(shift)) & 0xffn));
  }
  const text = ipaddr.fromByteArray(bytes).toString();
  return address.family === 4 ? text : new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/**
 * The block of `prefixLength` bits that holds the address.
 * @throws RangeError when the prefix is longer than an address of that family, or not whole.
 */
export function blockAround(address: IpAddress, prefixLength: number): AddressBlock {
  const bits = addressBits[address.family];
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) {
    throw new RangeError(`An IPv${address.family} prefix has 0 to ${bits} bits`);
  }
  const hostMask = (1n << BigInt(bits - prefixLength)) - 1n;
  const last = address.value | hostMask;
  return { family: address.family, first: last ^ hostMask, last, prefixLength };
}

/**
 * Reads a block in canonical form, such as `10.0.0.0/8` or `fd00::/8`; for tables in this code.
 * @throws TypeError when the address cannot be read, RangeError as `blockAround` does.
 */
export function parseBlock(canonical: string): AddressBlock {
  const slash = canonical.indexOf("/");
  const address = parseIpAddress(canonical.slice(0, slash));
  if (address === null) throw new TypeError(`Not a block of addresses: ${canonical}`);
  return blockAround(address, Number(canonical.slice(slash + 1)));
}

/** Whether every address of `inner` lies in `outer`. */
export function blockContains(outer: AddressBlock, inner: AddressBlock): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the address lies in the block. */
export function blockHolds(block: AddressBlock, address: IpAddress): boolean {
  return block.family === address.family && block.first <= address.value &&
    address.value <= block.last;
}
