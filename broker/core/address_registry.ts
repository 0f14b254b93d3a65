/**
 * The special-purpose address blocks, as IANA registers them, and what the broker makes of each.
 *
 * To refresh: read both CSV files again, add what is new here and to the copy that the test compares
 * with (`tests/fixtures/iana_special_purpose.csv`), and set `registrySnapshotDate`.
 * @module
 */
import type { AddressSpace } from "../schema/address_space.ts";

/** The day on which the two IANA registries were last read. */
export const registrySnapshotDate = "2026-07-18";

/** Where the registries are published. */
export const registrySources = [
  "https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry-1.csv",
  "https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry-1.csv",
] as const;

/** What an address is for; the names of the registries' rows in short. */
export type AddressClass =
  | "public"
  | "unspecified"
  | "this-network"
  | "loopback"
  | "private"
  | "cgnat"
  | "link-local"
  | "unique-local"
  | "site-local"
  | "ietf-protocol"
  | "service-continuity"
  | "dummy"
  | "anycast"
  | "nat64-discovery"
  | "documentation"
  | "as112"
  | "amt"
  | "6to4-relay"
  | "6a44-relay"
  | "benchmarking"
  | "multicast"
  | "reserved"
  | "broadcast"
  | "ipv4-compatible"
  | "ipv4-mapped"
  | "ipv4-translated"
  | "nat64"
  | "nat64-local"
  | "discard"
  | "teredo"
  | "orchid"
  | "drone-id"
  | "6to4"
  | "srv6";

/** One block: its CIDR text, what it is for, and where it lies. */
export type RegistryRow = readonly [
  block: string,
  addressClass: AddressClass,
  space: AddressSpace,
];

/**
 * Blocks in no order: the most specific one that holds an address decides.
 *
 * A block is `public` only where IANA says "Globally Reachable: True"; blank and N/A mean no. Four
 * kinds of row are stricter than IANA, as noted. The last rows of each family stand in no registry
 * of special purposes, but are no unicast destination either.
 */
export const registryRows: readonly RegistryRow[] = [
  ["0.0.0.0/0", "public", "public"],
  ["0.0.0.0/8", "this-network", "refused"], // RFC 791
  ["0.0.0.0/32", "unspecified", "refused"], // RFC 1122; connecting to it reaches loopback
  ["10.0.0.0/8", "private", "local"], // RFC 1918
  ["100.64.0.0/10", "cgnat", "local"], // RFC 6598
  ["127.0.0.0/8", "loopback", "loopback"], // RFC 1122
  ["169.254.0.0/16", "link-local", "local"], // RFC 3927
  ["172.16.0.0/12", "private", "local"], // RFC 1918
  ["192.0.0.0/24", "ietf-protocol", "refused"], // RFC 6890
  ["192.0.0.0/29", "service-continuity", "refused"], // RFC 7335
  ["192.0.0.8/32", "dummy", "refused"], // RFC 7600
  // Stricter than IANA: these anycast addresses reach the person's own gateway.
  ["192.0.0.9/32", "anycast", "refused"], // RFC 7723, port control
  ["192.0.0.10/32", "anycast", "refused"], // RFC 8155, TURN
  ["192.0.0.170/32", "nat64-discovery", "refused"], // RFC 8880
  ["192.0.0.171/32", "nat64-discovery", "refused"], // RFC 8880
  ["192.0.2.0/24", "documentation", "refused"], // RFC 5737
  ["192.31.196.0/24", "as112", "public"], // RFC 7535
  ["192.52.193.0/24", "amt", "public"], // RFC 7450
  ["192.88.99.0/24", "6to4-relay", "refused"], // RFC 7526
  ["192.88.99.2/32", "6a44-relay", "refused"], // RFC 6751
  ["192.168.0.0/16", "private", "local"], // RFC 1918
  ["192.175.48.0/24", "as112", "public"], // RFC 7534
  // Local Network Access counts it as loopback: local proxies hand these out as stand-ins.
  ["198.18.0.0/15", "benchmarking", "loopback"], // RFC 2544
  ["198.51.100.0/24", "documentation", "refused"], // RFC 5737
  ["203.0.113.0/24", "documentation", "refused"], // RFC 5737
  ["240.0.0.0/4", "reserved", "refused"], // RFC 1112
  ["255.255.255.255/32", "broadcast", "refused"], // RFC 919
  ["224.0.0.0/4", "multicast", "refused"], // RFC 5771

  // Outside 2000::/3 nothing is allotted for unicast on the Internet.
  ["::/0", "reserved", "refused"], // RFC 4291
  ["2000::/3", "public", "public"], // RFC 4291
  ["::/128", "unspecified", "refused"], // RFC 4291; connecting to it reaches loopback
  ["::1/128", "loopback", "loopback"], // RFC 4291
  ["::ffff:0:0/96", "ipv4-mapped", "refused"], // RFC 4291; no honest AAAA record holds one
  ["64:ff9b::/96", "nat64", "public"], // RFC 6052; only if the IPv4 address inside is public
  ["64:ff9b:1::/48", "nat64-local", "refused"], // RFC 8215
  ["100::/64", "discard", "refused"], // RFC 6666
  ["100:0:0:1::/64", "dummy", "refused"], // RFC 9780
  ["2001::/23", "ietf-protocol", "refused"], // RFC 2928
  ["2001::/32", "teredo", "refused"], // RFC 4380
  // Stricter than IANA: these anycast addresses reach the person's own network.
  ["2001:1::1/128", "anycast", "refused"], // RFC 7723, port control
  ["2001:1::2/128", "anycast", "refused"], // RFC 8155, TURN
  ["2001:1::3/128", "anycast", "refused"], // RFC 9665, service registration
  ["2001:2::/48", "benchmarking", "refused"], // RFC 5180
  ["2001:3::/32", "amt", "public"], // RFC 7450
  ["2001:4:112::/48", "as112", "public"], // RFC 7535
  ["2001:10::/28", "orchid", "refused"], // RFC 4843, ended
  // Stricter than IANA: identifiers in the form of addresses, which nothing routes.
  ["2001:20::/28", "orchid", "refused"], // RFC 7343
  ["2001:30::/28", "drone-id", "refused"], // RFC 9374
  ["2001:db8::/32", "documentation", "refused"], // RFC 3849
  ["2002::/16", "6to4", "refused"], // RFC 3056
  ["2620:4f:8000::/48", "as112", "public"], // RFC 7534
  ["3fff::/20", "documentation", "refused"], // RFC 9637
  ["5f00::/16", "srv6", "refused"], // RFC 9602
  ["fc00::/7", "unique-local", "local"], // RFC 4193
  ["fe80::/10", "link-local", "local"], // RFC 4291
  ["::/96", "ipv4-compatible", "refused"], // RFC 4291, deprecated
  ["::ffff:0:0:0/96", "ipv4-translated", "refused"], // RFC 2765, obsolete
  ["fec0::/10", "site-local", "local"], // RFC 3879, deprecated
  ["ff00::/8", "multicast", "refused"], // RFC 4291
];

/**
 * Addresses at which clouds hand a machine its credentials, in canonical form. Refused even though
 * each lies in a block that a person may otherwise allow.
 *
 * Azure's 168.63.129.16 is missing on purpose: IANA counts it as public, and off Azure it is.
 */
export const cloudMetadataAddresses: ReadonlySet<string> = new Set([
  "169.254.169.254", // AWS, Azure, Google Cloud, Oracle Cloud, DigitalOcean, OpenStack
  "169.254.170.2", // AWS, container tasks
  "169.254.170.23", // AWS, Kubernetes pods
  "169.254.0.23", // Tencent Cloud
  "169.254.10.10", // Tencent Cloud
  "169.254.42.42", // Scaleway
  "100.100.100.200", // Alibaba Cloud
  "192.0.0.192", // Oracle Cloud Classic
  "fd00:ec2::254", // AWS
  "fd00:ec2::23", // AWS, Kubernetes pods
  "fd20:ce::254", // Google Cloud
  "fd00:42::42", // Scaleway
  "fe80::a9fe:a9fe", // OpenStack
]);
