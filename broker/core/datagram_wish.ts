/** What a datagram needs to be allowed, by where it goes, and who may be answered without it. @module */
import type { Capability } from "../schema/capability.ts";
import type { Decision } from "../schema/decision.ts";
import { classifyAddress } from "./address_space.ts";
import { canonicalHost } from "./host.ts";
import { formatIpAddress } from "./ip_address.ts";
import { literalAddress } from "./socket_address.ts";
import { parseTarget, socketTarget, type Target, TargetError } from "./target.ts";

/** The ports that a system chooses from when a socket names none (IANA's range begins higher; Linux has this one). */
export const chosenPorts = "32768-65535";

/** Where a datagram goes, and the capability that lets it. */
export interface DatagramWish {
  readonly capability: Extract<Capability, "udp-send" | "udp-multicast">;
  readonly target: Target;
}

/**
 * Reads where a datagram goes. A multicast address takes `udp-multicast`, every other host `udp-send`.
 *
 * @throws TargetError when it is no single host and port.
 */
export function datagramWish(host: string, port: number): DatagramWish {
  const target = socketTarget(host, port);
  return { capability: isMulticast(target) ? "udp-multicast" : "udp-send", target };
}

function isMulticast(target: Target): boolean {
  const literal = literalAddress(target);
  return literal !== null && classifyAddress(literal).class === "multicast";
}

/** A group that a socket joins, read. */
export interface GroupWish {
  readonly target: Target;
  /** The group, canonical. */
  readonly address: string;
  /** The one source to hear, canonical; null for all. */
  readonly source: string | null;
}

/**
 * Reads a group that a socket bound to `localPort` joins; its target is the group with that port.
 *
 * @throws TargetError when the group is no multicast address, or the source no address of one host of its family.
 */
export function groupWish(
  { groupAddress, sourceAddress }: { groupAddress: string; sourceAddress?: string | undefined },
  localPort: number,
): GroupWish {
  const target = socketTarget(groupAddress, localPort);
  const address = literalAddress(target);
  if (address === null || !isMulticast(target)) throw noGroup();
  if (sourceAddress === undefined) return { target, address, source: null };
  const source = canonicalHost(sourceAddress);
  if (source.kind !== canonicalHost(address).kind || !("address" in source)) throw noGroup();
  if (classifyAddress(source.canonical).class === "multicast") throw noGroup();
  return { target, address, source: formatIpAddress(source.address) };
}

function noGroup(): TargetError {
  return new TargetError(
    "bad-ipv4",
    "A group is a multicast address such as 224.0.0.251 or ff02::fb, its source a plain address of the same kind.",
  );
}

/**
 * The target of a socket that is bound to an address of this machine, to one port, or to any that the system chooses.
 *
 * @throws TargetError when the address is no IP literal.
 */
export function boundTarget(localAddress: string, localPort: number | undefined): Target {
  const host = canonicalHost(localAddress);
  if (host.kind !== "ipv4" && host.kind !== "ipv6") {
    throw new TargetError(
      "bad-ipv4",
      "A socket is bound to an address of this computer, such as 0.0.0.0.",
    );
  }
  const literal = host.kind === "ipv6" ? `[${host.canonical}]` : host.canonical;
  return parseTarget(`${literal}:${localPort ?? chosenPorts}`);
}

/** Refusals that only mean that nobody is asked: they keep no one from answering who has been written to. */
const unasked: ReadonlySet<Decision["reason"]> = new Set([
  "silenced",
  "embargo",
  "quiet",
  "asking-forbidden",
]);

/**
 * Whether a peer that has just sent may be answered under this decision: unless a policy, a protection or a Deny of the
 * person speaks against it.
 */
export function letsAnswer({ effect, reason }: Decision): boolean {
  return effect !== "deny" || unasked.has(reason);
}
