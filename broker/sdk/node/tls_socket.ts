/** `tls.TLSSocket`: Node's encrypted socket over the SDK's `TLSSocket`. @module */
import {
  type TCPSocketOpenInfo,
  type TCPSocketOptions,
  TLSSocket as BrokerTLSSocket,
  type TLSSocketOpenInfo,
} from "../mod.ts";
import type { ConnectOptions } from "./connect_arguments.ts";
import { argumentError } from "./node_error.ts";
import { isIP } from "./ip_address.ts";
import { Socket, type SocketOptions, type Transport } from "./socket.ts";

/** Options of `tls.connect()`. The server's certificate is always verified, by the authorities that the broker trusts. */
export interface TlsOptions extends SocketOptions {
  /** The name to send, and to verify the certificate for; the host when absent. */
  servername?: string;
  /** The application protocols to offer, the best one first. */
  ALPNProtocols?: string[];
  /** Nothing but true: verification cannot be switched off. */
  rejectUnauthorized?: boolean;
}

/** Options of `tls.connect()` with where to connect. */
export type TlsConnectOptions = TlsOptions & Partial<ConnectOptions>;

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

  /** @throws TypeError for options that ask for less than a verified certificate. */
  constructor(options: TlsOptions = {}) {
    super(options);
    if (options.rejectUnauthorized === false) {
      throw argumentError("rejectUnauthorized: the server's certificate is always verified");
    }
    this.#options = options;
  }

  /** The name that was sent; false when it was none. */
  get servername(): string | false {
    return this.#options.servername || false;
  }

  protected override openTransport(
    host: string,
    port: number,
    options: TCPSocketOptions,
  ): Transport {
    const { servername, ALPNProtocols } = this.#options;
    return new BrokerTLSSocket(host, port, {
      ...options,
      // Node's clients pass an address as the name when they have no other; it is no name to be sent (RFC 6066 section 3).
      ...(servername && isIP(servername) === 0 && { sni: servername }),
      ...(ALPNProtocols && { alpn: ALPNProtocols }),
    });
  }

  protected override onOpen(info: TCPSocketOpenInfo): void {
    this.authorized = true;
    this.alpnProtocol = (info as TLSSocketOpenInfo).alpn ?? false;
    this.once("ready", () => this.emit("secureConnect"));
  }
}
