/** The arguments of `TCPSocket`, converted and checked in the order of Web IDL and Direct Sockets. @module */
import type { Gatehouse } from "./gatehouse.ts";
import { maxReattachBytes } from "../schema/relay_wire.ts";
import { toEnforcedInteger } from "./integer.ts";

/** The address family to look a name up for. */
export type SocketDnsQueryType = "ipv4" | "ipv6";

/** Whether a plain connection may be encrypted later. One that is encrypted from the beginning is a `TLSSocket`. */
export type SecureTransport = "off" | "starttls";

/** Options of `TCPSocket` (Direct Sockets, `TCPSocketOptions`, and what goes beyond it). */
export interface TCPSocketOptions {
  /** Not passed on: the broker's system decides. Checked all the same. */
  sendBufferSize?: number;
  /** How many bytes may wait here for the reader; 1 MiB when absent. */
  receiveBufferSize?: number;
  /** Send small writes at once (TCP_NODELAY). */
  noDelay?: boolean;
  /** TCP keep-alive after this many idle milliseconds; off when absent. */
  keepAliveDelay?: number;
  /** Look up only this kind of address. */
  dnsQueryType?: SocketDnsQueryType;
  /**
   * `starttls`: the connection begins in plain text, and `startTls()` may encrypt it. `off` when absent: it stays plain. The
   * names are those of WinterTC's sockets. Not in the specification.
   */
  secureTransport?: SecureTransport;
  /**
   * A page that is reloaded may go on with the connection, by `reattachTicket` and `gatehouse.reattach()`. The broker holds it
   * for 10 s then. Not with `starttls`. Not in the specification.
   */
  reattach?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants this connection, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/** Converted arguments of `TCPSocket`. */
export interface TcpSocketArguments {
  remoteAddress: string;
  remotePort: number;
  options: TCPSocketOptions;
}

/**
 * Converts the arguments as Web IDL does: the port wraps around at 65536, members are read in the order of their names,
 * those of the inherited dictionary first.
 *
 * @param className Whose constructor it is, for the messages.
 * @throws TypeError for a value out of range or of the wrong type.
 */
export function convertTcpSocketArguments(
  given: readonly unknown[],
  className = "TCPSocket",
): TcpSocketArguments {
  if (given.length < 2) {
    throw new TypeError(`${className}: 2 arguments required, but only ${given.length} present`);
  }
  const remoteAddress = `${given[0]}`;
  const remotePort = toUnsignedShort(toNumber(given[1]));
  return { remoteAddress, remotePort, options: convertOptions(given[2], className) };
}

/**
 * Checks what the specification checks before it does anything.
 *
 * @throws TypeError for a buffer of no bytes, for a keep-alive delay under a second, and for what does not go with `reattach`.
 */
export function checkTcpSocketOptions(options: TCPSocketOptions): void {
  if (options.sendBufferSize === 0) throw new TypeError("sendBufferSize must be more than 0");
  if (options.receiveBufferSize === 0) throw new TypeError("receiveBufferSize must be more than 0");
  if (options.keepAliveDelay !== undefined && options.keepAliveDelay < 1000) {
    throw new TypeError("keepAliveDelay must be at least 1000 milliseconds");
  }
  if (!options.reattach) return;
  if (options.secureTransport === "starttls") {
    throw new TypeError('reattach can\'t be combined with secureTransport: "starttls"');
  }
  if ((options.receiveBufferSize ?? 0) > maxReattachBytes) {
    throw new TypeError(`receiveBufferSize must be at most ${maxReattachBytes} with reattach`);
  }
}

function convertOptions(given: unknown, className: string): TCPSocketOptions {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" && typeof given !== "function") {
    throw new TypeError(`${className}: the options must be an object`);
  }
  const read = given as Record<string, unknown>;
  const options: TCPSocketOptions = {};
  const receiveBufferSize = read["receiveBufferSize"];
  if (receiveBufferSize !== undefined) {
    options.receiveBufferSize = toEnforcedInteger(
      "receiveBufferSize",
      receiveBufferSize,
      "unsigned long",
    );
  }
  const sendBufferSize = read["sendBufferSize"];
  if (sendBufferSize !== undefined) {
    options.sendBufferSize = toEnforcedInteger("sendBufferSize", sendBufferSize, "unsigned long");
  }
  const dnsQueryType = read["dnsQueryType"];
  if (dnsQueryType !== undefined) options.dnsQueryType = toDnsQueryType(dnsQueryType);
  const keepAliveDelay = read["keepAliveDelay"];
  if (keepAliveDelay !== undefined) {
    options.keepAliveDelay = toEnforcedInteger("keepAliveDelay", keepAliveDelay, "unsigned long");
  }
  options.noDelay = Boolean(read["noDelay"]);
  const reason = read["reason"];
  if (reason !== undefined) options.reason = `${reason}`;
  if (read["reattach"]) options.reattach = true;
  const secureTransport = read["secureTransport"];
  if (secureTransport !== undefined) {
    options.secureTransport = toSecureTransport(secureTransport, className);
  }
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
 * Converts a value to the address family to look up.
 *
 * @throws TypeError for what is none.
 */
export function toDnsQueryType(value: unknown): SocketDnsQueryType {
  const text = `${value}`;
  if (text === "ipv4" || text === "ipv6") return text;
  throw new TypeError(`"${text}" is not a SocketDnsQueryType: "ipv4" or "ipv6"`);
}

/** ToNumber of ECMAScript, which unlike `Number()` throws a TypeError for a BigInt. */
function toNumber(value: unknown): number {
  return +(value as number);
}

/** Converts a number to a port, modulo 65536, as Web IDL does without [EnforceRange]. */
export function toUnsignedShort(value: number): number {
  return Number.isFinite(value) ? ((Math.trunc(value) % 65536) + 65536) % 65536 : 0;
}

function toSecureTransport(value: unknown, className: string): SecureTransport {
  const text = `${value}`;
  if (text === "off" || text === "starttls") return text;
  throw new TypeError(
    `${className}: "${text}" is not a SecureTransport: "off" or "starttls". For a connection that is encrypted from the beginning, make a TLSSocket.`,
  );
}
