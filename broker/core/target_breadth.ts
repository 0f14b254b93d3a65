/** Why a target is so broad that allowing it asks for a second step, and a host's registrable domain. @module */
import { parse } from "tldts";
import type { AddressSpace } from "../schema/address_space.ts";
import type { Capability } from "../schema/capability.ts";
import type { BroadReason } from "../schema/dashboard.ts";
import { registryRows } from "./address_registry.ts";
import type { CapabilityTarget } from "./capability_target.ts";
import { canonicalHost, nameResolution } from "./host.ts";
import {
  addressBits,
  type AddressBlock,
  blockAround,
  blockContains,
  type IpFamily,
  parseBlock,
} from "./ip_address.ts";
import { isLowListenPort } from "./listen_target.ts";
import type { MatchPattern } from "./match_pattern.ts";
import { anyPort, type PortRange, portsContain } from "./port_range.ts";
import type { Target, TargetHost } from "./target.ts";

/** A block that is wider than this many leading bits holds more than one network's hosts. */
const narrowPrefix: Readonly<Record<IpFamily, number>> = { 4: 24, 6: 64 };

/** Ports whose misuse has consequences of its own; IANA's service name in the comment. */
const sensitivePorts: readonly (readonly [reason: BroadReason, ports: readonly number[]])[] = [
  ["mail-port", [25]], // smtp
  [
    "remote-login-port",
    // ssh, telnet, microsoft-ds, exec, login, shell, ms-wbt-server, rfb, wsman, wsmans
    [22, 23, 445, 512, 513, 514, 3389, 5900, 5985, 5986],
  ],
  [
    "database-port",
    // ms-sql-s, oracle, mysql, postgresql, redis, cassandra, elasticsearch, memcache, mongodb
    [1433, 1521, 3306, 5432, 6379, 9042, 9200, 11211, 27017],
  ],
];

function blocksIn(space: AddressSpace): AddressBlock[] {
  return registryRows.filter((row) => row[2] === space).map(([text]) => parseBlock(text));
}

const spaceReasons: readonly (readonly [reason: BroadReason, blocks: readonly AddressBlock[]])[] = [
  ["loopback", blocksIn("loopback")],
  ["local-network", blocksIn("local")],
];

/** Whether everyone may register names below this one: `com`, `co.uk`, `github.io`. */
function isPublicSuffix(name: string): boolean {
  const { domain, isIcann, isPrivate } = parse(name, {
    allowPrivateDomains: true,
    extractHostname: false,
  });
  return domain === null && (isIcann === true || isPrivate === true);
}

function hostReasons(host: TargetHost): BroadReason[] {
  switch (host.kind) {
    case "any":
      return ["any-host"];
    case "name":
      return nameResolution(host.name) === "loopback" ? ["loopback"] : [];
    case "wildcard":
      return [
        isPublicSuffix(host.name) ? "public-suffix" : "wildcard-host",
        ...(nameResolution(host.name) === "loopback" ? ["loopback" as const] : []),
      ];
    case "block": {
      const { block } = host;
      const reasons: BroadReason[] = isWide(block) ? ["wide-range"] : [];
      for (const [reason, blocks] of spaceReasons) {
        const overlaps = blocks.some((other) =>
          blockContains(block, other) || blockContains(other, block)
        );
        if (overlaps) reasons.push(reason);
      }
      return reasons;
    }
  }
}

const nat64 = parseBlock("64:ff9b::/96");

function isWide(block: AddressBlock): boolean {
  // A block in there is a block of IPv4 (RFC 6052), and the whole of it the whole internet.
  if (blockContains(nat64, block)) return block.prefixLength - nat64.prefixLength < narrowPrefix[4];
  return block.prefixLength < narrowPrefix[block.family];
}

function portReasons(ports: PortRange): BroadReason[] {
  if (portsContain(ports, anyPort)) return ["any-port"];
  const reasons: BroadReason[] = ports.first < ports.last ? ["port-range"] : [];
  for (const [reason, sensitive] of sensitivePorts) {
    if (sensitive.some((port) => portsContain(ports, { first: port, last: port }))) {
      reasons.push(reason);
    }
  }
  return reasons;
}

/** The host of a match pattern as the host of a target, so that both are judged alike. */
function patternHost({ host }: MatchPattern): TargetHost {
  if (host.kind !== "exact") return host;
  const canonical = canonicalHost(host.name);
  return canonical.kind === "ipv4" || canonical.kind === "ipv6"
    ? {
      kind: "block",
      block: blockAround(canonical.address, addressBits[canonical.address.family]),
    }
    : { kind: "name", name: host.name };
}

/**
 * Why a target is broad, in the order in which a card says so; empty for one that is not.
 *
 * A match pattern without a port is not broad for it, for that is how they are usually written.
 */
export function broadReasons(capability: Capability, target: CapabilityTarget): BroadReason[] {
  if (target.kind === "whole") return [];
  if (target.kind === "pattern") return hostReasons(patternHost(target.pattern));
  if (capability === "udp-bind") return ["listening"];
  if (capability === "tcp-listen") {
    return isLowListenPort(target.socket.ports) ? ["listening", "low-port"] : ["listening"];
  }
  const hosts = hostReasons(target.socket.host);
  // Every device of the network may listen to a group, however narrow the range of groups is.
  if (capability === "udp-multicast") hosts.push("local-network");
  return [...hosts, ...portReasons(target.socket.ports)];
}

/**
 * The part of a target's host that somebody registered, such as `example.co.uk` of
 * `imap.example.co.uk`; null for addresses, for `*`, and where the whole host is a public suffix.
 */
export function registrableDomain({ host }: Target): string | null {
  if (host.kind !== "name" && host.kind !== "wildcard") return null;
  return parse(host.name, { allowPrivateDomains: true, extractHostname: false }).domain;
}
