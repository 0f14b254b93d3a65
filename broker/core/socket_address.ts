/** What a socket target says about addresses before any name is looked up. @module */
import type { AddressSpace } from "../schema/address_space.ts";
import { classifyAddress } from "./address_space.ts";
import { blockContains, formatIpAddress, parseBlock } from "./ip_address.ts";
import { nameResolution } from "./host.ts";
import { isSingleHost, type Target } from "./target.ts";

/** The one address that a target names, or null when it names a host, a range, or any. */
export function literalAddress(target: Target): string | null {
  const { host } = target;
  if (host.kind !== "block" || !isSingleHost(target)) return null;
  return formatIpAddress({ family: host.block.family, value: host.block.first });
}

/** Groups (RFC 5771, RFC 4291): no computer has such an address, so they lie in no space and count as `refused`. */
const multicastBlocks = ["224.0.0.0/4", "ff00::/8"].map(parseBlock);

/**
 * The address spaces that a grant for this target reaches. A name or wildcard reaches `public`, and `local` where policy
 * calls the name intranet; one address, and `localhost`, reaches the space it lies in; a range that the person wrote reaches all but what is
 * never dialed, and a range of multicast groups those groups.
 */
export function spacesReached(
  target: Target,
  context: { intranet: boolean; ownAddresses: ReadonlySet<string> },
): AddressSpace[] {
  const literal = literalAddress(target);
  if (literal !== null) return [classifyAddress(literal, context.ownAddresses).space];
  if (target.host.kind === "block") {
    const { block } = target.host;
    const ofGroups = multicastBlocks.some((groups) => blockContains(groups, block));
    return ofGroups ? ["refused"] : ["public", "local", "loopback"];
  }
  if (target.host.kind === "name" && nameResolution(target.host.name) === "loopback") {
    return ["loopback"];
  }
  return context.intranet ? ["public", "local"] : ["public"];
}
