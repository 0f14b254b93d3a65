/** A question whose target and addresses have been read, once for every rule that looks at them. @module */
import type { App } from "../schema/app.ts";
import { locateAddress, type LocatedAddress } from "./address_space.ts";
import type { CapabilityTarget } from "./capability_target.ts";
import { nameResolution } from "./host.ts";
import { addressBits, blockAround, formatIpAddress, type IpAddress } from "./ip_address.ts";
import { leadsTo } from "./leads_to.ts";
import { formatPorts } from "./port_range.ts";
import type { Question } from "./question.ts";
import { literalAddress } from "./socket_address.ts";
import { socketTarget, type Target, type TargetHost } from "./target.ts";

/** A question that has been read. */
export interface ReadQuestion {
  readonly question: Question;
  readonly app: App;
  readonly target: CapabilityTarget;
  /** The host and ports that the target leads to; null where it has no single host. */
  readonly destination: Target | null;
  /** Whether the target is an address by itself, and not a name that has addresses. */
  readonly isLiteral: boolean;
  readonly addresses: readonly LocatedAddress[];
  /**
   * The target, and then each address that its name has as a target of its own, the address that NAT64 carries on to, and
   * the name that the server is to prove where that is another: what is denied for one of them is denied for the target.
   */
  readonly faces: readonly [CapabilityTarget, ...CapabilityTarget[]];
}

/** Reads the addresses of a question whose target has been read. */
export function readQuestion(
  question: Question,
  app: App,
  target: CapabilityTarget,
): ReadQuestion {
  const destination = leadsTo(target);
  const base = { question, app, target, destination };
  if (destination === null) return { ...base, isLiteral: false, addresses: [], faces: [target] };
  const literals = literalAddresses(target, destination);
  if (literals !== null) {
    const addresses = literals.map((literal) => locateAddress(literal, question.ownAddresses));
    const others = addresses.flatMap(carriedHost).map((host) => faceOf(target, destination, host));
    const faces = [target, ...others, ...serverFaces(question, destination)] as const;
    return { ...base, isLiteral: true, addresses, faces };
  }
  const { addresses, hosts } = locateAll(question.addresses ?? noAddresses, question.ownAddresses);
  const others = hosts.map((host) => faceOf(target, destination, host));
  const faces = [target, ...others, ...serverFaces(question, destination)] as const;
  return { ...base, isLiteral: false, addresses, faces };
}

/** Behind an address that many names share, the name in the handshake is whom the connection really leads to. */
function serverFaces(
  { capability, serverName }: Question,
  { ports }: Target,
): readonly CapabilityTarget[] {
  if (capability !== "tcp-connect" || serverName === undefined) return [];
  const socket = socketTarget(serverName, ports.first);
  return [{ kind: "socket", text: socket.text, socket }];
}

const loopbackAddresses = ["127.0.0.1", "::1"];

/**
 * The addresses that a target names by itself. In a URL `localhost` is a name of this computer, as in browsers; to a
 * socket it is no name at all.
 */
function literalAddresses(target: CapabilityTarget, destination: Target): readonly string[] | null {
  const literal = literalAddress(destination);
  if (literal !== null) return [literal];
  const { host } = destination;
  const isLocalhost = target.kind === "pattern" && host.kind === "name" &&
    nameResolution(host.name) === "loopback";
  return isLocalhost ? loopbackAddresses : null;
}

const noAddresses: readonly string[] = [];

/** Addresses that were read, and those that are addresses as hosts of targets. */
interface Located {
  readonly ownAddresses: ReadonlySet<string>;
  readonly addresses: readonly LocatedAddress[];
  readonly hosts: readonly { readonly host: TargetHost; readonly text: string }[];
}

// What a session was decided on is never edited, and is decided on again at every review.
const located = new WeakMap<readonly string[], Located>();

function locateAll(
  texts: readonly string[],
  ownAddresses: ReadonlySet<string>,
): Located {
  const known = located.get(texts);
  if (known && holdTheSame(known.ownAddresses, ownAddresses)) return known;
  const addresses = texts.map((text) => locateAddress(text, ownAddresses));
  const read = { ownAddresses, addresses, hosts: addresses.flatMap(hostOf) };
  located.set(texts, read);
  return read;
}

function holdTheSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a === b || (a.size === b.size && a.isSubsetOf(b));
}

function hostOf(located: LocatedAddress): Located["hosts"] {
  const { classification: { canonical }, address } = located;
  if (address === null || canonical === null) return [];
  const text = address.family === 4 ? canonical : `[${canonical}]`;
  return [hostAt(address, text), ...carriedHost(located)];
}

/** Through NAT64 an IPv6 address leads to the IPv4 address in it (RFC 6052): who denied that one denied this way to it. */
function carriedHost({ classification, address }: LocatedAddress): Located["hosts"] {
  if (address === null || classification.class !== "nat64") return [];
  const carried: IpAddress = { family: 4, value: address.value & 0xffffffffn };
  return [hostAt(carried, formatIpAddress(carried))];
}

function hostAt(address: IpAddress, text: string): Located["hosts"][number] {
  const block = blockAround(address, addressBits[address.family]);
  return { host: { kind: "block", block }, text };
}

function faceOf(
  target: CapabilityTarget,
  { ports }: Target,
  { host, text: hostText }: Located["hosts"][number],
): CapabilityTarget {
  if (target.kind === "pattern") {
    const { pattern } = target;
    const text = pattern.text.replace(
      /^([^:]+:\/\/)[^/:]+/,
      (_whole, scheme) => `${scheme}${hostText}`,
    );
    return {
      kind: "pattern",
      text,
      pattern: { ...pattern, text, host: { kind: "exact", name: hostText } },
    };
  }
  const text = `${hostText}:${formatPorts(ports)}`;
  return { kind: "socket", text, socket: { text, host, ports } };
}
