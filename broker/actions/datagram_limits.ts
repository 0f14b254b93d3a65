/** The limits that a datagram to one destination counts against. @module */
import { classifyAddress } from "../core/address_space.ts";
import type { AppId } from "../schema/ids.ts";
import { currentRateLimits } from "./current_rate_limits.ts";
import type { Broker, DatagramPlace } from "./ports.ts";

/**
 * The counts of a destination, under the policy of this moment. This computer is counted apart, as it is for connections.
 *
 * @param address The address that is sent to, canonical.
 * @param target What the app named.
 */
export function datagramPlaces(
  broker: Broker,
  appId: AppId,
  address: string,
  target: string,
): DatagramPlace[] {
  const limits = currentRateLimits(broker);
  const { space } = classifyAddress(address, broker.machine.ownAddresses());
  return space === "loopback" ? [{ key: `${appId} loopback`, limit: limits.loopbackDatagrams }] : [
    { key: `${appId} to ${target}`, limit: limits.targetDatagrams },
    { key: `${appId} in all`, limit: limits.appDatagrams },
  ];
}
