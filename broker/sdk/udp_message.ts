/** The messages of `UDPSocket`: what a write is given, converted and checked (Direct Sockets, `UDPMessage`). @module */
import type { DatagramPayload } from "../schema/datagram_wire.ts";
import { toBytes } from "./byte_outbox.ts";
import { type SocketDnsQueryType, toDnsQueryType, toUnsignedShort } from "./tcp_socket_options.ts";

/** A datagram, with its other end where the socket is bound. */
export interface UDPMessage {
  data: BufferSource;
  /** Of a bound socket: where it goes to or comes from. May be a host name in a write. */
  remoteAddress?: string;
  remotePort?: number;
  /** Of a write on a bound socket: look up only this kind of address. */
  dnsQueryType?: SocketDnsQueryType;
}

/** What a read gives: the data of a message that came is always a `Uint8Array`. */
export interface ReceivedUDPMessage extends UDPMessage {
  data: Uint8Array<ArrayBuffer>;
}

/**
 * Reads what was written.
 *
 * @throws TypeError for what is no message, for one without data, and for a destination where the socket is connected, or
 * none where it is bound.
 */
export function toDatagram(chunk: unknown, isConnected: boolean): DatagramPayload {
  if (chunk === null || (typeof chunk !== "object" && typeof chunk !== "function")) {
    throw new TypeError("A UDP socket takes messages: { data }");
  }
  const read = chunk as Record<string, unknown>;
  const { data } = read;
  const bytes = data === undefined ? null : toBytes(data);
  const dnsQueryType = read["dnsQueryType"];
  const queryType = dnsQueryType === undefined ? undefined : toDnsQueryType(dnsQueryType);
  const remoteAddress = read["remoteAddress"];
  const host = remoteAddress === undefined ? undefined : `${remoteAddress}`;
  const remotePort = read["remotePort"];
  const port = remotePort === undefined ? undefined : toUnsignedShort(+(remotePort as number));
  if (bytes === null || bytes.length === 0) throw new TypeError("A message needs data");
  if (isConnected) {
    if (host !== undefined || port !== undefined || queryType !== undefined) {
      throw new TypeError("A connected socket sends to its peer only");
    }
    return { family: 0, host: "", port: 0, bytes };
  }
  if (host === undefined || port === undefined) {
    throw new TypeError("A bound socket needs remoteAddress and remotePort with each message");
  }
  return { family: queryType === undefined ? 0 : queryType === "ipv4" ? 4 : 6, host, port, bytes };
}

/** Makes the message that a read gives. */
export function toMessage({ host, port, bytes }: DatagramPayload): ReceivedUDPMessage {
  const data = bytes as Uint8Array<ArrayBuffer>;
  return host === "" ? { data } : { data, remoteAddress: host, remotePort: port };
}
