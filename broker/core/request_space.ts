/** Where the other side of a request is, as far as its target alone tells. @module */
import type { AddressSpace } from "../schema/address_space.ts";
import type { Capability } from "../schema/capability.ts";
import { classifyAddress } from "./address_space.ts";
import type { CapabilityTarget } from "./capability_target.ts";
import { nameResolution } from "./host.ts";
import { leadsTo } from "./leads_to.ts";
import { literalAddress } from "./socket_address.ts";
import type { Target } from "./target.ts";

/**
 * The space that a card speaks of: where a literal address lies; for listening, how far off those may be who reach it; for
 * multicast always the local network. Null for what is yet to be looked up, and for many hosts.
 *
 * @param ownAddresses The machine's own addresses, in canonical form.
 */
export function requestSpace(
  capability: Capability,
  target: CapabilityTarget,
  ownAddresses: ReadonlySet<string>,
): AddressSpace | null {
  if (capability === "udp-multicast") return "local";
  const destination = leadsTo(target);
  if (destination === null) return null;
  if (capability === "tcp-listen" || capability === "udp-bind") return listeningSpace(destination);
  const literal = literalAddress(destination);
  if (literal !== null) return classifyAddress(literal, ownAddresses).space;
  return isThisComputer(destination) ? "loopback" : null;
}

/** A listener on an address of this computer is reached from where that address is; on all of them, from everywhere. */
function listeningSpace(address: Target): AddressSpace {
  if (isThisComputer(address)) return "loopback";
  const literal = literalAddress(address);
  if (literal === null) return "public";
  const { space } = classifyAddress(literal);
  return space === "refused" ? "public" : space;
}

function isThisComputer({ host }: Target): boolean {
  return host.kind === "name" && nameResolution(host.name) === "loopback";
}
