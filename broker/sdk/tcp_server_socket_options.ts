/** The arguments of `TCPServerSocket`, converted and checked in the order of Web IDL and Direct Sockets. @module */
import type { Gatehouse } from "./gatehouse.ts";
import { toEnforcedInteger } from "./integer.ts";
import { canonicalIpv6, isIpLiteral } from "./ip_literal.ts";

/** Options of `TCPServerSocket` (Direct Sockets, `TCPServerSocketOptions`, and what goes beyond it). */
export interface TCPServerSocketOptions {
  /** The port to listen on; one from 32768 that the broker's system chooses when absent. */
  localPort?: number;
  /** How many connections may wait to be accepted; as many as the system lets when absent. */
  backlog?: number;
  /** Whether a listener on `::` turns away who comes over IPv4. */
  ipv6Only?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants to listen, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/** Converted arguments of `TCPServerSocket`. */
export interface TcpServerSocketArguments {
  localAddress: string;
  options: TCPServerSocketOptions;
}

/**
 * Converts the arguments as Web IDL does: members are read in the order of their names.
 *
 * @throws TypeError for a value out of range or of the wrong type.
 */
export function convertTcpServerSocketArguments(
  given: readonly unknown[],
): TcpServerSocketArguments {
  if (given.length < 1) {
    throw new TypeError("TCPServerSocket: 1 argument required, but only 0 present");
  }
  return { localAddress: `${given[0]}`, options: convertOptions(given[1]) };
}

/**
 * Checks what the specification checks before it does anything.
 *
 * @throws TypeError for what is no IP address, a port or a backlog of 0, and `ipv6Only` for another address than `::`.
 */
export function checkTcpServerSocketArguments(
  { localAddress, options }: TcpServerSocketArguments,
): void {
  if (!isIpLiteral(localAddress)) throw new TypeError("localAddress must be an IP address");
  if (options.localPort === 0) {
    throw new TypeError("localPort must be more than 0; leave it out to be given one");
  }
  if (options.backlog === 0) throw new TypeError("backlog must be more than 0");
  if (options.ipv6Only && canonicalIpv6(localAddress) !== "::") {
    throw new TypeError("ipv6Only is for the localAddress :: alone");
  }
}

function convertOptions(given: unknown): TCPServerSocketOptions {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" && typeof given !== "function") {
    throw new TypeError("TCPServerSocket: the options must be an object");
  }
  const read = given as Record<string, unknown>;
  const options: TCPServerSocketOptions = {};
  const backlog = read["backlog"];
  if (backlog !== undefined) {
    options.backlog = toEnforcedInteger("backlog", backlog, "unsigned long");
  }
  const ipv6Only = read["ipv6Only"];
  if (ipv6Only !== undefined) options.ipv6Only = Boolean(ipv6Only);
  const localPort = read["localPort"];
  if (localPort !== undefined) {
    options.localPort = toEnforcedInteger("localPort", localPort, "unsigned short");
  }
  const reason = read["reason"];
  if (reason !== undefined) options.reason = `${reason}`;
  const signal = read["signal"];
  if (signal !== undefined) {
    if (!(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
    options.signal = signal;
  }
  const gatehouse = read["gatehouse"];
  if (gatehouse !== undefined) options.gatehouse = gatehouse as Gatehouse;
  return options;
}
