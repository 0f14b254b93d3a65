/** An open TCP connection of this machine, behind the port `TcpConnection`. @module */
import {
  type Clock,
  ConnectError,
  type Endpoint,
  type StartTlsOptions,
  type TcpConnection,
} from "../actions/ports.ts";
import type { TlsFacts } from "../schema/session.ts";
import { certificateFacts } from "./certificate_facts.ts";
import { startTlsWithCertificate } from "./client_certificate_tls.ts";
import { socketError, toConnectError, toTlsError } from "./socket_fault.ts";

/** How long a server has for the handshake. */
export const handshakeTimeoutMs = 20_000;

/** What a connection works with. */
export interface TcpConnectionParts {
  clock: Pick<Clock, "setTimer">;
  /** Authorities to trust beside those of this machine, PEM. For tests; no app can name any. */
  caCerts?: readonly string[] | undefined;
  /** The broker's own end, where the connection tells it in another form. */
  local?: Endpoint | undefined;
}

/** Wraps `Deno.TcpConn`. Reads and writes reject with `ConnectError`, phase `transfer`. */
export class DenoTcpConnection implements TcpConnection {
  readonly local: Endpoint;
  readonly #parts: TcpConnectionParts;
  #conn: Deno.TcpConn | Deno.TlsConn;
  #closed = false;
  #release = () => {};

  /** @param remote The other end, as it was decided on. */
  constructor(conn: Deno.TcpConn, readonly remote: Endpoint, parts: TcpConnectionParts) {
    this.#conn = conn;
    this.#parts = parts;
    this.local = parts.local ??
      { address: conn.localAddr.hostname, port: conn.localAddr.port };
  }

  /** Reads into `buffer`; null at the other side's FIN. */
  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(buffer);
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < bytes.length;) {
        offset += await this.#conn.write(offset === 0 ? bytes : bytes.subarray(offset));
      }
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Sends FIN; reading goes on. */
  async closeWrite(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /**
   * Encrypts the connection. The address was decided on and dialed before; the name is only what the certificate has to
   * be for. The bytes of a server that has said something in plain text already are no handshake, and fail it.
   */
  async startTls(options: StartTlsOptions): Promise<TlsFacts> {
    const { signal } = options;
    const stopped = Promise.withResolvers<never>();
    const stop = (error: ConnectError) => {
      this.close();
      stopped.reject(error);
    };
    const onAbort = () => stop(withdrawn());
    const cancelTimeout = this.#parts.clock.setTimer(
      handshakeTimeoutMs,
      () => stop(socketError("connection-timed-out", "tls")),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      if (signal.aborted) throw withdrawn();
      return await Promise.race([this.#handshake(options), stopped.promise]);
    } catch (fault) {
      this.close();
      throw toTlsError(fault);
    } finally {
      cancelTimeout();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #handshake(options: StartTlsOptions): Promise<TlsFacts> {
    const { serverName, clientCertificate } = options;
    if (serverName === "") throw socketError("internal-error", "tls");
    const tls = this.#conn = await this.#encrypt(options);
    if (this.#closed) {
      tls.close();
      this.#release();
      throw withdrawn();
    }
    const { alpnProtocol } = await tls.handshake();
    const certificate = certificateFacts(tls);
    return {
      serverName,
      alpn: alpnProtocol,
      ...(certificate && { certificate }),
      ...(clientCertificate && { clientCertificate: true }),
    };
  }

  async #encrypt(
    { serverName, alpn, clientCertificate }: StartTlsOptions,
  ): Promise<Deno.TlsConn> {
    const conn = this.#conn as Deno.TcpConn;
    const { caCerts, clock } = this.#parts;
    if (!clientCertificate) {
      return await Deno.startTls(conn, {
        hostname: serverName,
        ...(alpn.length > 0 && { alpnProtocols: [...alpn] }),
        ...(caCerts && { caCerts: [...caCerts] }),
      });
    }
    const wish = { serverName, alpn, clientCertificate, caCerts, clock };
    const { tls, release } = await startTlsWithCertificate(conn, wish);
    this.#release = release;
    return tls;
  }

  /** Closes both ways at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#conn.close();
    } catch {
      // It is becoming the TLS connection that is closed in its place.
    }
    this.#release();
  }
}

function withdrawn(): ConnectError {
  return new ConnectError({
    code: "withdrawn",
    phase: "tls",
    message: "The app no longer wants this connection.",
  });
}
