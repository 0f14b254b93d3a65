/** Facts about this machine: its name, the addresses that are its own, and those of everyone on its networks. @module */
import { hostname } from "node:os";
import type { Clock, Machine } from "../actions/ports.ts";
import { canonicalAddresses } from "../core/address_space.ts";
import { formatIpAddress, parseBlock } from "../core/ip_address.ts";

/** How long the addresses that were read are taken for those of now. */
const addressesLifetimeMs = 2000;

interface Addresses {
  readonly own: ReadonlySet<string>;
  readonly broadcast: ReadonlySet<string>;
}

/** The `Machine` port over the operating system. */
export function thisMachine(clock: Pick<Clock, "nowMs">, brokerPorts: readonly number[]): Machine {
  let addresses: Addresses = { own: new Set(), broadcast: new Set() };
  let readAtMs = -Infinity;
  const current = () => {
    if (Math.abs(clock.nowMs() - readAtMs) > addressesLifetimeMs) {
      addresses = readAddresses();
      readAtMs = clock.nowMs();
    }
    return addresses;
  };
  return {
    name: hostname(),
    brokerPorts,
    ownAddresses: () => current().own,
    broadcastAddresses: () => current().broadcast,
  };
}

function readAddresses(): Addresses {
  const interfaces = Deno.networkInterfaces();
  return {
    own: canonicalAddresses(interfaces.map(({ address }) => address)),
    broadcast: new Set(
      interfaces.flatMap(({ cidr, family }) => family === "IPv4" ? broadcastOf(cidr) : []),
    ),
  };
}

/** The last address of a network; none for links of two and of one (RFC 3021). */
function broadcastOf(cidr: string): string[] {
  const { last, prefixLength } = parseBlock(cidr);
  return prefixLength > 30 ? [] : [formatIpAddress({ family: 4, value: last })];
}
