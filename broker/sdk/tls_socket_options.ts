/** The arguments of `TLSSocket`, converted and checked: those of `TCPSocket`, and how to encrypt. @module */
import { convertTcpSocketArguments, type TCPSocketOptions } from "./tcp_socket_options.ts";

/** Options of `TLSSocket`. There is none to leave the certificate unverified. */
export interface TLSSocketOptions extends TCPSocketOptions {
  /** The name to send to the server and to verify its certificate for; the remote address when absent. */
  sni?: string;
  /** The application protocols to offer, the best one first: at most 16, each of 1 to 255 visible ASCII characters. */
  alpn?: string[];
}

/** Converted arguments of `TLSSocket`. */
export interface TlsSocketArguments {
  remoteAddress: string;
  remotePort: number;
  options: TLSSocketOptions;
}

const longestName = 253;
const mostProtocols = 16;
const protocolForm = /^[!-~]{1,255}$/;

/**
 * Converts the arguments as `TCPSocket` does, then `alpn` and `sni`.
 *
 * @throws TypeError for what `TCPSocket` throws it for, for an empty or overlong name, and for what is no list of
 * protocols.
 */
export function convertTlsSocketArguments(given: readonly unknown[]): TlsSocketArguments {
  const converted = convertTcpSocketArguments(given, "TLSSocket");
  const read = (given[2] ?? {}) as Record<string, unknown>;
  const options: TLSSocketOptions = converted.options;
  const alpn = read["alpn"];
  if (alpn !== undefined) options.alpn = toProtocols(alpn);
  const sni = read["sni"];
  if (sni !== undefined) options.sni = toServerName(`${sni}`);
  // Silence about a wish like these would be taken for consent.
  const { verifyPeer } = read;
  if (verifyPeer !== undefined && !verifyPeer) {
    throw new TypeError("TLSSocket: the server's certificate is always verified");
  }
  for (const name of ["ca", "cert", "key"]) {
    if (read[name] !== undefined) throw new TypeError(`TLSSocket: ${name} is not supported`);
  }
  return { ...converted, options };
}

function toProtocols(value: unknown): string[] {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    throw new TypeError("alpn must be a list of protocol names");
  }
  const protocols = Array.from(value as Iterable<unknown>, (protocol) => `${protocol}`);
  if (protocols.length > mostProtocols) {
    throw new TypeError(`alpn must name at most ${mostProtocols} protocols`);
  }
  const wrong = protocols.find((protocol) => !protocolForm.test(protocol));
  if (wrong === undefined) return protocols;
  throw new TypeError(`alpn: "${wrong}" is not 1 to 255 visible ASCII characters`);
}

function toServerName(name: string): string {
  if (name !== "" && name.length <= longestName) return name;
  throw new TypeError(`sni must have 1 to ${longestName} characters`);
}
