/** `tls.TLSSocket`: Node's encrypted socket over the SDK's `TLSSocket`. @module */
import {
  type StartTlsOptions,
  TCPSocket,
  type TCPSocketOpenInfo,
  type TCPSocketOptions,
  TLSSocket as BrokerTLSSocket,
  type TLSSocketOpenInfo,
} from "../mod.ts";
import type { ConnectOptions } from "./connect_arguments.ts";
import { isIP } from "./ip_address.ts";
import { argumentError, nodeError, toNodeError } from "./node_error.ts";
import type { Transport } from "./open_ends.ts";
import { Socket } from "./socket.ts";
import type { SocketOptions } from "./stream_socket.ts";

/** Options of `tls.connect()`. The server's certificate is always verified, by the authorities that the broker trusts. */
export interface TlsOptions extends SocketOptions {
  /** A connection of `net` that is to be encrypted, when the server has said that it may. */
  socket?: Socket;
  /** The name to send, and to verify the certificate for; the host when absent. */
  servername?: string;
  /** The application protocols to offer, the best one first. */
  ALPNProtocols?: string[];
  /** A certificate of the app's own, PEM, with its `key`. */
  cert?: string;
  key?: string;
  /** Nothing but true: verification cannot be switched off. */
  rejectUnauthorized?: boolean;
  /** Not there: the broker's own authorities decide. */
  ca?: unknown;
}

/** Options of `tls.connect()` with where to connect. */
export type TlsConnectOptions = TlsOptions & Partial<ConnectOptions>;

/** The server's certificate, as far as the broker tells. */
export interface PeerCertificate {
  subject: Record<string, string>;
  issuer: Record<string, string>;
  valid_from: string;
  valid_to: string;
  fingerprint256: string;
}

/** An encrypted connection. `secureConnect` follows `connect` at once: the broker opens both in one. */
export class TLSSocket extends Socket {
  /** Always true. */
  readonly encrypted = true;
  /** Whether the certificate was verified: true once it is connected, for it would not be otherwise. */
  authorized = false;
  /** Always null: a certificate that does not hold ends the connection. */
  readonly authorizationError = null;
  /** The application protocol that was agreed on; false when none was, null before the connection is open. */
  alpnProtocol: string | false | null = null;
  readonly #options: TlsOptions;
  #certificate: TLSSocketOpenInfo["certificate"] = null;

  /** @throws TypeError for options that ask for less than a verified certificate. */
  constructor(options: TlsOptions = {}) {
    super(options);
    if (options.rejectUnauthorized === false) {
      throw argumentError("rejectUnauthorized: the server's certificate is always verified");
    }
    if (options.ca) throw argumentError("ca: the authorities that the broker trusts decide");
    this.#options = options;
  }

  /** The name that was sent; false when it was none. */
  get servername(): string | false {
    return this.#options.servername || false;
  }

  /** The server's certificate; empty before the connection is open, and where the broker's platform does not tell. */
  getPeerCertificate(): PeerCertificate | Record<string, never> {
    const facts = this.#certificate;
    if (!facts) return {};
    return {
      subject: toAttributes(facts.subject),
      issuer: toAttributes(facts.issuer),
      valid_from: new Date(facts.validFromMs).toUTCString(),
      valid_to: new Date(facts.validToMs).toUTCString(),
      fingerprint256: facts.fingerprint256,
    };
  }

  /**
   * Encrypts the connection of another socket, once it is connected. That one hears nothing more.
   *
   * @internal For `tls.connect()`. What goes wrong is emitted as `error`.
   */
  upgrade(plain: Socket): void {
    this.connecting = true;
    if (plain.connecting) {
      plain.once("connect", () => this.upgrade(plain));
      plain.once("close", () => this.connecting && this.destroy(notConnected()));
      return;
    }
    // What the server said in plain text must not be taken for what it says under encryption.
    if (plain.readableLength > 0) return void this.destroy(plaintextLeft());
    const transport = plain.release();
    if (!(transport instanceof TCPSocket)) return void this.destroy(notConnected());
    this.inherit(plain);
    try {
      this.adopt(transport.startTls(this.#wish()));
      this.once("close", () => plain.destroy());
    } catch (fault) {
      this.destroy(toNodeError(fault, { syscall: "startTls" }));
      transport[Symbol.asyncDispose]();
      plain.destroy();
    }
  }

  protected override openTransport(
    host: string,
    port: number,
    { secureTransport: _, ...options }: TCPSocketOptions,
  ): Transport {
    return new BrokerTLSSocket(host, port, { ...options, ...this.#wish() });
  }

  protected override onOpen(info: TCPSocketOpenInfo): void {
    const { alpn, certificate } = info as TLSSocketOpenInfo;
    this.authorized = true;
    this.alpnProtocol = alpn ?? false;
    this.#certificate = certificate;
    this.once("ready", () => this.emit("secureConnect"));
  }

  #wish(): StartTlsOptions {
    const { servername, ALPNProtocols, cert, key } = this.#options;
    return {
      // Node's clients pass an address as the name when they have no other; it is no name to be sent (RFC 6066 section 3).
      ...(servername && isIP(servername) === 0 && { sni: servername }),
      ...(ALPNProtocols && { alpn: ALPNProtocols }),
      ...(cert && { cert: `${cert}` }),
      ...(key && { key: `${key}` }),
    };
  }
}

function notConnected(): Error {
  return nodeError("ERR_SOCKET_CLOSED", "The socket to be encrypted is not connected");
}

function plaintextLeft(): Error {
  return nodeError(
    "EPROTO",
    "The connection was not encrypted: the server sent more in plain text than was read",
  );
}

/** `CN=name` a line, as Node's object. */
function toAttributes(lines: string): Record<string, string> {
  return Object.fromEntries(
    lines.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
