/** Where an address lies, and so whether it may be dialed: public, local, loopback or refused. @module */
import type { AddressSpace } from "../schema/address_space.ts";
import { type AddressClass, cloudMetadataAddresses, registryRows } from "./address_registry.ts";
import { canonicalHost, nameResolution, whatwgHost, withoutZone } from "./host.ts";
import { BlockIndex } from "./block_index.ts";
import { formatIpAddress, type IpAddress, parseBlock, parseIpAddress } from "./ip_address.ts";

/** What `classifyAddress` found. */
export interface AddressClassification {
  /** As the WHATWG host parser writes it, IPv6 without brackets; null if the text is no host. */
  readonly canonical: string | null;
  /** What the address is for; `name` for a host name, `invalid` for neither. */
  readonly class: AddressClass | "name" | "invalid";
  /** A name has no space before it is resolved, so it counts as `refused`; `localhost` is loopback. */
  readonly space: AddressSpace;
  /** May a name that resolves to this address be dialed? Of a name: may it go to DNS at all? */
  readonly allowedForHostname: boolean;
}

interface Row {
  readonly class: AddressClass;
  readonly space: AddressSpace;
}

const rows = new BlockIndex<Row>();
for (const [text, addressClass, space] of registryRows) {
  rows.at(parseBlock(text), () => ({ class: addressClass, space }));
}

/** The row of the smallest block around the address: the most specific one decides. */
function rowOf(address: IpAddress): Row {
  const row = rows.smallestAround(address);
  if (row === undefined) throw new TypeError("The address registry lacks a row for everything");
  return row;
}

function classify(
  address: IpAddress,
  canonical: string,
  ownAddresses: ReadonlySet<string>,
): AddressClassification {
  const row = rowOf(address);
  let space = row.space;
  if (isCloudMetadata(canonical)) {
    space = "refused";
  } else if (row.class === "nat64") {
    // RFC 6052, section 3.1: the well-known prefix only carries public IPv4 addresses.
    const inner: IpAddress = { family: 4, value: address.value & 0xffffffffn };
    space = classify(inner, formatIpAddress(inner), ownAddresses).space === "public"
      ? "public"
      : "refused";
  }
  if (space === "public" && ownAddresses.has(canonical)) space = "local";
  return { canonical, class: row.class, space, allowedForHostname: space === "public" };
}

const noAddresses: ReadonlySet<string> = new Set();

/**
 * Tells what an address is and where it lies.
 *
 * The text may be spelt in any way that a URL allows, IPv6 in brackets or bare, a bare one with a
 * zone. It never throws: what cannot be read has `canonical: null` and is refused.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(classifyAddress("93.184.216.34").space, "public");
 * assert.equal(classifyAddress("0x7f.1").canonical, "127.0.0.1");
 * assert.equal(classifyAddress("0x7f.1").space, "loopback");
 * assert.equal(classifyAddress("[fd00::1]").allowedForHostname, false);
 * ```
 *
 * @param ownAddresses The machine's own interface addresses in canonical form (see
 * `canonicalAddresses`): a public one of them counts as local, for it reaches this machine.
 */
export function classifyAddress(
  literal: string,
  ownAddresses: ReadonlySet<string> = noAddresses,
): AddressClassification {
  return locateAddress(literal, ownAddresses).classification;
}

/** An address that was read and classified in one go. */
export interface LocatedAddress {
  readonly classification: AddressClassification;
  /** Null for a text that is no address. */
  readonly address: IpAddress | null;
}

/** What `classifyAddress` tells, and the address as a number beside it. */
export function locateAddress(
  literal: string,
  ownAddresses: ReadonlySet<string>,
): LocatedAddress {
  const canonical = whatwgHost(withoutZone(literal));
  const address = canonical === null ? null : parseIpAddress(canonical);
  if (canonical === null || address === null) {
    return { classification: classifyName(canonical), address: null };
  }
  return { classification: classify(address, canonical, ownAddresses), address };
}

function classifyName(canonical: string | null): AddressClassification {
  if (canonical === null) {
    return { canonical, class: "invalid", space: "refused", allowedForHostname: false };
  }
  const host = canonicalHost(canonical);
  const resolution = host.kind === "name" ? nameResolution(host.canonical) : "never";
  if (resolution === "loopback") {
    return { canonical, class: "loopback", space: "loopback", allowedForHostname: false };
  }
  return { canonical, class: "name", space: "refused", allowedForHostname: resolution === "dns" };
}

/** Whether a canonical address is one at which clouds hand out a machine's credentials. */
export function isCloudMetadata(canonical: string): boolean {
  return cloudMetadataAddresses.has(canonical);
}

/** Interface addresses, as the operating system lists them, in canonical form; others are left out. */
export function canonicalAddresses(literals: Iterable<string>): Set<string> {
  const addresses = new Set<string>();
  for (const literal of literals) {
    const host = canonicalHost(withoutZone(literal));
    if (host.kind === "ipv4" || host.kind === "ipv6") addresses.add(host.canonical);
  }
  return addresses;
}
