/** The arguments of `UDPSocket`, converted and checked in the order of Web IDL and Direct Sockets. @module */
import type { Gatehouse } from "./gatehouse.ts";
import { toEnforcedInteger } from "./integer.ts";
import { canonicalIpv6, isIpLiteral } from "./ip_literal.ts";
import { type SocketDnsQueryType, toDnsQueryType } from "./tcp_socket_options.ts";

/** Options of `UDPSocket` (Direct Sockets, `UDPSocketOptions`, and what goes beyond it). */
export interface UDPSocketOptions {
  /** Not passed on: the broker's system decides. Checked all the same. */
  sendBufferSize?: number;
  /** Not passed on: 32 datagrams wait for the reader, however long. Checked all the same. */
  receiveBufferSize?: number;
  /** The one peer of a connected socket, with `remotePort`: a host name or an IP address. */
  remoteAddress?: string;
  remotePort?: number;
  /** The address of the broker's machine that a bound socket has, in place of `remoteAddress`. */
  localAddress?: string;
  /** The port of a bound socket; one from 32768 that the broker's system chooses when absent. */
  localPort?: number;
  /** Look up only this kind of address. For connected sockets. */
  dnsQueryType?: SocketDnsQueryType;
  /** Whether a socket on `::` takes no IPv4. */
  ipv6Only?: boolean;
  /** Let other programs of the broker's machine bind the same port, as many do for multicast. For bound sockets. */
  multicastAllowAddressSharing?: boolean;
  /** How many routers a datagram to a group may pass; 1 when absent. For bound sockets. */
  multicastTimeToLive?: number;
  /** Whether the broker's machine hears its own datagrams to a group; true when absent. For bound sockets. */
  multicastLoopback?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants the socket, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/**
 * Converts the options as Web IDL does: members are read in the order of their names, those of the inherited dictionary
 * first.
 *
 * @throws TypeError for a value out of range or of the wrong type.
 */
export function convertUdpSocketOptions(given: unknown): UDPSocketOptions {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" && typeof given !== "function") {
    throw new TypeError("UDPSocket: the options must be an object");
  }
  const read = given as Record<string, unknown>;
  const options: UDPSocketOptions = {};
  const integer = (
    name:
      | "receiveBufferSize"
      | "sendBufferSize"
      | "localPort"
      | "multicastTimeToLive"
      | "remotePort",
    type: Parameters<typeof toEnforcedInteger>[2],
  ) => {
    const value = read[name];
    if (value !== undefined) options[name] = toEnforcedInteger(name, value, type);
  };
  const boolean = (name: "ipv6Only" | "multicastAllowAddressSharing" | "multicastLoopback") => {
    const value = read[name];
    if (value !== undefined) options[name] = Boolean(value);
  };
  const text = (name: "localAddress" | "remoteAddress" | "reason") => {
    const value = read[name];
    if (value !== undefined) options[name] = `${value}`;
  };
  integer("receiveBufferSize", "unsigned long");
  integer("sendBufferSize", "unsigned long");
  const dnsQueryType = read["dnsQueryType"];
  if (dnsQueryType !== undefined) options.dnsQueryType = toDnsQueryType(dnsQueryType);
  boolean("ipv6Only");
  text("localAddress");
  integer("localPort", "unsigned short");
  boolean("multicastAllowAddressSharing");
  boolean("multicastLoopback");
  integer("multicastTimeToLive", "octet");
  text("remoteAddress");
  integer("remotePort", "unsigned short");
  text("reason");
  const signal = read["signal"];
  if (signal !== undefined) {
    if (!(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
    options.signal = signal;
  }
  const gatehouse = read["gatehouse"];
  if (gatehouse !== undefined) options.gatehouse = gatehouse as Gatehouse;
  return options;
}

/**
 * Checks what the specification checks before it does anything.
 *
 * @throws TypeError
 */
export function checkUdpSocketOptions(options: UDPSocketOptions): void {
  const { remoteAddress, remotePort, localAddress, localPort, ipv6Only } = options;
  if (options.sendBufferSize === 0) throw new TypeError("sendBufferSize must be more than 0");
  if (options.receiveBufferSize === 0) throw new TypeError("receiveBufferSize must be more than 0");
  if ((remoteAddress === undefined) !== (remotePort === undefined)) {
    throw new TypeError("remoteAddress and remotePort go together");
  }
  if (remoteAddress !== undefined) {
    if (localAddress !== undefined || localPort !== undefined) {
      throw new TypeError("A socket is either connected (remoteAddress) or bound (localAddress)");
    }
    if (ipv6Only !== undefined) throw new TypeError("ipv6Only is for bound sockets");
    return;
  }
  if (localAddress === undefined) {
    throw new TypeError(
      localPort === undefined
        ? "Give remoteAddress and remotePort, or localAddress"
        : "localPort goes with localAddress",
    );
  }
  if (!isIpLiteral(localAddress)) throw new TypeError("localAddress must be an IP address");
  if (localPort === 0) {
    throw new TypeError("localPort must be more than 0; leave it out to be given one");
  }
  if (options.dnsQueryType !== undefined) {
    throw new TypeError("dnsQueryType is for connected sockets");
  }
  if (ipv6Only && canonicalIpv6(localAddress) !== "::") {
    throw new TypeError("ipv6Only is for the localAddress :: alone");
  }
}
