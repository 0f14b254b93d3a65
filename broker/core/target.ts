/**
 * Targets of sockets: the text `host:port`, and which target covers which.
 *
 *     target = host ":" port
 *     host   = "*" | "*." name | name | IPv4 | "[" IPv6 "]" | IPv4 "/" bits | "[" IPv6 "]/" bits
 *     port   = "*" | number | number "-" number        ; 1 to 65535
 * @module
 */
import { canonicalHost } from "./host.ts";
import {
  addressBits,
  type AddressBlock,
  blockAround,
  blockContains,
  formatIpAddress,
  type IpAddress,
} from "./ip_address.ts";
import { formatPorts, parsePorts, type PortRange, portsContain } from "./port_range.ts";
import { TargetError } from "./target_error.ts";

export { TargetError } from "./target_error.ts";
export type { TargetErrorReason } from "./target_error.ts";

/** Which hosts a target is for. A single address is a block of full length. */
export type TargetHost =
  | { readonly kind: "any" }
  /** `*.name`: the name and everything below it; `dotName` is the name with a dot before it. */
  | { readonly kind: "wildcard"; readonly name: string; readonly dotName: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "block"; readonly block: AddressBlock };

/** A target that has been read. Equal targets have equal `text`. */
export interface Target {
  /** The canonical text; `parseTarget` reads it back to the same target. */
  readonly text: string;
  readonly host: TargetHost;
  readonly ports: PortRange;
}

const maxTargetLength = 2048;

function bracketed(address: IpAddress): string {
  return address.family === 4 ? formatIpAddress(address) : `[${formatIpAddress(address)}]`;
}

function parseBlock(addressText: string, prefixText: string): TargetHost {
  const host = canonicalHost(addressText);
  // A short form such as 10/8 would mean 0.0.0.10, so a block must be written out.
  if (
    host.kind === "name" || host.kind === "invalid" ||
    (host.kind === "ipv4" && host.canonical !== addressText)
  ) {
    throw new TargetError(
      "bad-prefix",
      "Only a whole address takes a prefix: 192.168.1.0/24 or [fd00::]/8.",
    );
  }
  const { address } = host;
  const bits = addressBits[address.family];
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > bits) {
    throw new TargetError(
      "bad-prefix",
      `The prefix of this address is a number from 0 to ${bits}.`,
    );
  }
  const block = blockAround(address, Number(prefixText));
  if (block.first !== address.value) {
    const network = bracketed({ family: address.family, value: block.first });
    throw new TargetError(
      "host-bits-set",
      `Write ${network}/${prefixText} for all of these addresses, or ${
        bracketed(address)
      } for this one.`,
    );
  }
  return { kind: "block", block };
}

function parseHost(text: string): TargetHost {
  if (text === "*") return { kind: "any" };
  const isWildcard = text.startsWith("*.");
  const nameText = isWildcard ? text.slice(2) : text;
  if (nameText.includes("*")) {
    throw new TargetError(
      "bad-wildcard",
      "A * stands alone for any host, or at the front as in *.example.com.",
    );
  }
  const host = canonicalHost(nameText);
  if (host.kind === "invalid") throw new TargetError(host.reason, host.message);
  if (host.kind === "name") {
    const name = host.canonical;
    return isWildcard ? { kind: "wildcard", name, dotName: `.${name}` } : { kind: "name", name };
  }
  if (isWildcard) {
    throw new TargetError(
      "bad-wildcard",
      "An address has no subdomains. For several addresses write a block: 192.168.1.0/24.",
    );
  }
  return { kind: "block", block: blockAround(host.address, addressBits[host.address.family]) };
}

function formatHost(host: TargetHost): string {
  switch (host.kind) {
    case "any":
      return "*";
    case "wildcard":
      return `*${host.dotName}`;
    case "name":
      return host.name;
    case "block": {
      const { family, first, prefixLength } = host.block;
      const address = bracketed({ family, value: first });
      return prefixLength === addressBits[family] ? address : `${address}/${prefixLength}`;
    }
  }
}

/** Writes a target in canonical form. */
export function formatTarget(target: Pick<Target, "host" | "ports">): string {
  return `${formatHost(target.host)}:${formatPorts(target.ports)}`;
}

function makeTarget(host: TargetHost, ports: PortRange): Target {
  return { text: formatTarget({ host, ports }), host, ports };
}

/** Splits `host:port` at the colon that belongs to the port; the host may carry a prefix. */
function splitTarget(text: string): { host: string; prefix: string | null; ports: string } {
  const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
  if (text.startsWith("[") && bracket < 0) {
    throw new TargetError("bad-ipv6", "The bracket around the IPv6 address is not closed.");
  }
  const colon = text.indexOf(":", bracket + 1);
  const hostText = colon < 0 ? text : text.slice(0, colon);
  if (bracket < 0 && text.indexOf(":", colon + 1) >= 0 && /^[0-9a-f:.*/-]+(%.*)?$/i.test(text)) {
    throw new TargetError("unbracketed-ipv6", "Put an IPv6 address in brackets: [fd00::1]:80.");
  }
  if (colon < 0) {
    throw new TargetError("missing-port", "Add a port, such as :443, or :* for any port.");
  }
  const slash = hostText.indexOf("/");
  if (slash >= 0 && slash < bracket) {
    throw new TargetError("bad-prefix", "Write the prefix after the bracket: [fd00::]/8.");
  }
  return {
    host: slash < 0 ? hostText : hostText.slice(0, slash),
    prefix: slash < 0 ? null : hostText.slice(slash + 1),
    ports: text.slice(colon + 1),
  };
}

/**
 * Reads a target. Hosts may be spelt in any way that URLs allow; the result is canonical.
 * @throws TargetError with a `reason` from a closed list and a message that says how to mend it.
 */
export function parseTarget(text: string): Target {
  if (text === "") {
    throw new TargetError("empty-target", "Write a host and a port, such as example.com:443.");
  }
  if (text.length > maxTargetLength) {
    throw new TargetError("too-long", `A target has at most ${maxTargetLength} characters.`);
  }
  if (text.includes("://")) {
    throw new TargetError(
      "looks-like-url",
      "Write only host and port, such as example.com:443, not a whole URL.",
    );
  }
  const { host, prefix, ports } = splitTarget(text);
  return makeTarget(
    prefix === null ? parseHost(host) : parseBlock(host, prefix),
    parsePorts(ports),
  );
}

/**
 * The target that is one host and one port, as an app names it when it opens a socket. The host is
 * a name or an address, IPv6 in brackets or bare; it is never a wildcard or a block.
 * @throws TargetError as `parseTarget` does.
 */
export function socketTarget(host: string, port: number): Target {
  const canonical = canonicalHost(host);
  if (canonical.kind === "invalid") throw new TargetError(canonical.reason, canonical.message);
  return makeTarget(
    canonical.kind === "name" ? { kind: "name", name: canonical.canonical } : {
      kind: "block",
      block: blockAround(canonical.address, addressBits[canonical.address.family]),
    },
    parsePorts(String(port)),
  );
}

/** Whether every host that `host` stands for is in `pattern` too; never a name in a block, or an address under a name. */
export function coversHost(pattern: TargetHost, host: TargetHost): boolean {
  switch (pattern.kind) {
    case "any":
      return true;
    case "wildcard":
      return (host.kind === "name" || host.kind === "wildcard") &&
        (host.name === pattern.name || host.name.endsWith(pattern.dotName));
    case "name":
      return host.kind === "name" && host.name === pattern.name;
    case "block":
      return host.kind === "block" && blockContains(pattern.block, host.block);
  }
}

/**
 * Whether everything that `target` stands for is in `pattern` too: hosts and ports. A name or
 * wildcard never covers an address, nor an address a name, whatever the name resolves to.
 *
 * Both may be given as text; give parsed targets where speed matters.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.ok(coversTarget("*.example.com:80-90", "www.example.com:80"));
 * assert.ok(coversTarget("192.168.1.0/24:9100", "192.168.1.20:9100"));
 * assert.ok(!coversTarget("*.example.com:80-90", "example.org:80"));
 * assert.ok(!coversTarget("*.example.com:80", "93.184.216.34:80"), "a name is never an address");
 * ```
 *
 * @throws TargetError if a text is no target.
 */
export function coversTarget(pattern: Target | string, target: Target | string): boolean {
  const outer = typeof pattern === "string" ? parseTarget(pattern) : pattern;
  const inner = typeof target === "string" ? parseTarget(target) : target;
  return portsContain(outer.ports, inner.ports) && coversHost(outer.host, inner.host);
}

/** Whether the target is for one port only. */
export function isSinglePort(target: Target): boolean {
  return target.ports.first === target.ports.last;
}

/** Whether the target is for one name or one address only. */
export function isSingleHost(target: Target): boolean {
  const { host } = target;
  return host.kind === "name" ||
    (host.kind === "block" && host.block.first === host.block.last);
}
