/** Facts about the network that an app may be told, with the capability `network-info` (design section 9). @module */
import { z } from "zod";
import { AddressSpace } from "./address_space.ts";

/** What the default route of this machine goes over. */
export const NetworkKind = z.enum(["wifi", "ethernet", "mobile", "vpn", "unknown"]);
/** What the default route of this machine goes over. */
export type NetworkKind = z.infer<typeof NetworkKind>;

/** How this machine is connected. What the platform does not tell is null, or `unknown`. */
export const Connectivity = z.strictObject({
  /** Whether there is a route to beyond the local networks; whether anything answers there is not tried. */
  online: z.boolean().nullable(),
  kind: NetworkKind,
  /** Whether data costs by volume. */
  metered: z.boolean().nullable(),
  /** Whether the person has asked their system to save data. */
  dataSaver: z.boolean().nullable(),
});
/** How this machine is connected. */
export type Connectivity = z.infer<typeof Connectivity>;

/** One address of one of this machine's interfaces. */
export const InterfaceAddress = z.strictObject({
  address: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  space: AddressSpace,
  /** The name of its interface, as the system calls it. */
  interfaceName: z.string(),
});
/** One address of one of this machine's interfaces. */
export type InterfaceAddress = z.infer<typeof InterfaceAddress>;

/** Answer to `GET /network`. */
export const NetworkFacts = z.strictObject({
  ...Connectivity.shape,
  addresses: z.array(InterfaceAddress),
  /** How the internet sees this machine, by the STUN server that policy names; null where none is named, or answers. */
  publicAddresses: z.strictObject({ ipv4: z.string().nullable(), ipv6: z.string().nullable() }),
});
/** Answer to `GET /network`. */
export type NetworkFacts = z.infer<typeof NetworkFacts>;

/** Connectivity of which nothing is known. */
export const unknownConnectivity: Connectivity = {
  online: null,
  kind: "unknown",
  metered: null,
  dataSaver: null,
};
