/** Facts about this machine: its name, and the addresses that are its own. @module */
import { hostname } from "node:os";
import type { Clock, Machine } from "../actions/ports.ts";
import { canonicalAddresses } from "../core/address_space.ts";

/** How long the addresses that were read are taken for those of now. */
const addressesLifetimeMs = 2000;

/** The `Machine` port over the operating system. */
export function thisMachine(clock: Pick<Clock, "nowMs">, brokerPorts: readonly number[]): Machine {
  let addresses: ReadonlySet<string> = new Set();
  let readAtMs = -Infinity;
  return {
    name: hostname(),
    brokerPorts,
    ownAddresses() {
      if (Math.abs(clock.nowMs() - readAtMs) > addressesLifetimeMs) {
        addresses = canonicalAddresses(Deno.networkInterfaces().map(({ address }) => address));
        readAtMs = clock.nowMs();
      }
      return addresses;
    },
  };
}
