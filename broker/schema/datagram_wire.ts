/**
 * The payload of a DATAGRAM frame (broker/relay/PROTOCOL.md): one datagram, and where it goes or comes from. Free of zod,
 * so that the SDK can carry it into a browser.
 *
 * @module
 */

/** The address family that a host is to be looked up in, or is of: 0 is any. */
export type DatagramFamily = 0 | 4 | 6;

/** One datagram with its other end. */
export interface DatagramPayload {
  family: DatagramFamily;
  /** A name or an IP address; empty for the peer of a connected socket. */
  host: string;
  /** 0 where there is no host. */
  port: number;
  /** The datagram itself, which may be empty. */
  bytes: Uint8Array;
}

/** The longest datagram that IPv4 carries: 65,535 bytes less the headers of IP and UDP. */
export const maxDatagramBytes = 65_507;

const maxHostBytes = 255;

/** The longest payload of a DATAGRAM frame. */
export const maxDatagramPayloadBytes = 4 + maxHostBytes + maxDatagramBytes;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });

/** The beginning of a payload that is for, or from, the peer of a connected socket. */
export const connectedHeader: Uint8Array = Uint8Array.of(0, 0);

/**
 * Writes what stands before the datagram: `u8 family | u8 length of the host | host | u16 port`, the port only where there
 * is a host.
 *
 * @throws RangeError when the host is longer than 255 bytes.
 */
export function datagramHeader(
  { family, host, port }: Pick<DatagramPayload, "family" | "host" | "port">,
): Uint8Array {
  const hostBytes = utf8Encoder.encode(host);
  if (hostBytes.length > maxHostBytes) throw new RangeError("The host is longer than 255 bytes.");
  if (hostBytes.length === 0) return Uint8Array.of(family, 0);
  const header = new Uint8Array(hostBytes.length + 4);
  header.set([family, hostBytes.length]);
  header.set(hostBytes, 2);
  header.set([port & 0xff, port >>> 8], 2 + hostBytes.length);
  return header;
}

/** Reads a payload; null when it is cut short, too long, or of no known family. The datagram's bytes are a view of it. */
export function readDatagram(payload: Uint8Array): DatagramPayload | null {
  const [family, hostLength] = payload;
  if (family !== 0 && family !== 4 && family !== 6 || hostLength === undefined) return null;
  const hostEnd = 2 + hostLength;
  const start = hostLength === 0 ? hostEnd : hostEnd + 2;
  if (payload.length < start || payload.length - start > maxDatagramBytes) return null;
  const bytes = payload.subarray(start);
  if (hostLength === 0) return { family, host: "", port: 0, bytes };
  try {
    const host = utf8Decoder.decode(payload.subarray(2, hostEnd));
    const port = (payload[hostEnd] ?? 0) | (payload[hostEnd + 1] ?? 0) << 8;
    return { family, host, port, bytes };
  } catch {
    return null; // The host is no UTF-8.
  }
}
