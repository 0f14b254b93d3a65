/** The arguments of `TLSSocket` and of `startTls()`, converted and checked: how to encrypt. @module */
import type { TlsWish } from "../schema/relay.ts";
import { convertTcpSocketArguments, type TCPSocketOptions } from "./tcp_socket_options.ts";

/** How to encrypt a connection. There is no option to leave the certificate unverified. */
export interface TlsOptions {
  /** The name to send to the server and to verify its certificate for; the remote address when absent. */
  sni?: string;
  /** The application protocols to offer, the best one first: at most 16, each of 1 to 255 visible ASCII characters. */
  alpn?: string[];
  /**
   * A certificate of the app's own, PEM, for a server that asks for one; those that it depends on may follow. Needs `key`.
   * Both together have at most 12,000 characters.
   */
  cert?: string;
  /** The private key of `cert`, PEM, not encrypted. The broker uses it for the handshake, and neither keeps nor shows it. */
  key?: string;
}

/** Options of `TLSSocket`. */
export interface TLSSocketOptions extends TCPSocketOptions, TlsOptions {}

/** Options of `startTls()`. */
export interface StartTlsOptions extends TlsOptions {
  /** Ends the encrypted socket when it aborts; that of the plain one when absent. */
  signal?: AbortSignal;
}

/** Converted arguments of `TLSSocket`. */
export interface TlsSocketArguments {
  remoteAddress: string;
  remotePort: number;
  options: TLSSocketOptions;
  wish: TlsWish;
}

const longestName = 253;
const mostProtocols = 16;
const longestCertificate = 12_000;
const protocolForm = /^[!-~]{1,255}$/;

/**
 * Converts the arguments as `TCPSocket` does, then how to encrypt.
 *
 * @throws TypeError for what `TCPSocket` throws it for, and as `convertTlsOptions` does.
 */
export function convertTlsSocketArguments(given: readonly unknown[]): TlsSocketArguments {
  const converted = convertTcpSocketArguments(given, "TLSSocket");
  if (converted.options.secureTransport === "starttls") {
    throw new TypeError('TLSSocket: secureTransport "starttls" is for a TCPSocket');
  }
  return { ...converted, wish: convertTlsOptions(given[2], "TLSSocket") };
}

/**
 * Converts what says how to encrypt, members in the order of their names.
 *
 * @param name Whose options they are, for the messages.
 * @throws TypeError for an empty or overlong name, for what is no list of protocols, for half a certificate, and for a wish
 * not to verify the server.
 */
export function convertTlsOptions(given: unknown, name: string): TlsWish {
  if (given !== undefined && typeof given !== "object" && typeof given !== "function") {
    throw new TypeError(`${name}: the options must be an object`);
  }
  const read = (given ?? {}) as Record<string, unknown>;
  const wish: TlsWish = {};
  const alpn = read["alpn"];
  if (alpn !== undefined) wish.alpn = toProtocols(alpn);
  const clientCertificate = toClientCertificate(read["cert"], read["key"], name);
  if (clientCertificate) wish.clientCertificate = clientCertificate;
  const sni = read["sni"];
  if (sni !== undefined) wish.serverName = toServerName(`${sni}`);
  // Silence about a wish like these would be taken for consent.
  const { verifyPeer } = read;
  if (verifyPeer !== undefined && !verifyPeer) {
    throw new TypeError(`${name}: the server's certificate is always verified`);
  }
  if (read["ca"] !== undefined) throw new TypeError(`${name}: ca is not supported`);
  return wish;
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

function toClientCertificate(
  cert: unknown,
  key: unknown,
  name: string,
): TlsWish["clientCertificate"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new TypeError(`${name}: cert and key must be given together`);
  }
  const certificate = { cert: `${cert}`, key: `${key}` };
  for (const [member, text] of Object.entries(certificate)) {
    if (!text.includes("-----BEGIN ")) throw new TypeError(`${name}: ${member} is not PEM`);
  }
  if (certificate.cert.length + certificate.key.length <= longestCertificate) return certificate;
  throw new TypeError(`${name}: cert and key have more than ${longestCertificate} characters`);
}

function toServerName(name: string): string {
  if (name !== "" && name.length <= longestName) return name;
  throw new TypeError(`sni must have 1 to ${longestName} characters`);
}
