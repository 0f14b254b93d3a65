/** The address spaces that a new grant reaches. @module */
import { parseCapabilityTarget } from "../core/capability_target.ts";
import { isIntranet } from "../core/intranet.ts";
import { leadsTo } from "../core/leads_to.ts";
import { spacesReached } from "../core/socket_address.ts";
import type { AddressSpace } from "../schema/address_space.ts";
import type { Capability } from "../schema/capability.ts";
import type { Broker } from "./ports.ts";

/**
 * Which address spaces an allowance for this target is to reach: what its host is, as a person saw it on the card. A
 * pattern for many hosts reaches public ones only.
 */
export function grantedSpaces(
  broker: Broker,
  capability: Capability,
  target: string,
): AddressSpace[] {
  const destination = leadsTo(parseCapabilityTarget(capability, target));
  if (destination === null) return ["public"];
  return spacesReached(destination, {
    intranet: isIntranet(broker.policy.current(), destination),
    ownAddresses: broker.machine.ownAddresses(),
  });
}
