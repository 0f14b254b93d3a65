/** TLS over an open connection for a client that has a certificate of its own, which `Deno.startTls` can't offer. @module */
import { type ClientCertificate, type Clock, ConnectError } from "../actions/ports.ts";

/** How long what was written last may take to leave after the TLS connection was closed. */
export const drainMs = 10_000;

/** How to encrypt. */
export interface ClientCertificateTlsOptions {
  /** What the server's certificate must be for. */
  serverName: string;
  alpn: readonly string[];
  clientCertificate: ClientCertificate;
  caCerts?: readonly string[] | undefined;
  clock: Pick<Clock, "setTimer">;
}

/** A TLS connection and what carries it. */
export interface CarriedTls {
  tls: Deno.TlsConn;
  /** Lets the carrier go once what was written has left it; to be called when `tls` is closed. */
  release(): void;
}

/**
 * `Deno.connectTls` takes a certificate, but dials by itself. So it is given a listener of this machine to dial, behind
 * which there is nothing but the connection that is open already: only what is encrypted passes there, from end to end.
 * The name to verify is passed by a symbol that Deno registers for that. Should a version of Deno not know it, the
 * certificate would have to be for 0.0.0.0, which none is, so that the handshake fails and never trusts another name.
 * Deno's `node:tls` would take the connection as it is, but as of 2.9.6 it believes a certificate of X.509 version 1 that
 * merely names a trusted issuer, so nothing is verified by it.
 *
 * @throws ConnectError `tls-failed` when the certificate and the key are none, or do not belong together.
 */
export async function startTlsWithCertificate(
  conn: Deno.TcpConn,
  { serverName, alpn, clientCertificate, caCerts, clock }: ClientCertificateTlsOptions,
): Promise<CarriedTls> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dialed = Deno.connectTls(
    {
      hostname: "0.0.0.0",
      port: listener.addr.port,
      cert: clientCertificate.cert,
      key: clientCertificate.key,
      ...(alpn.length > 0 && { alpnProtocols: [...alpn] }),
      ...(caCerts && { caCerts: [...caCerts] }),
      [Symbol.for("unstableServerName")]: serverName,
    } as Deno.ConnectTlsOptions & Deno.TlsCertifiedKeyPem,
  );
  const tls = await dialed.catch((fault) => {
    throw isAboutKey(fault) ? unusableCertificate() : fault;
  });
  return { tls, release: carry(await acceptFrom(listener, tls), conn, clock) };
}

/** Takes the connection that `tls` made, and turns away whoever else on this machine dials in between. */
async function acceptFrom(listener: Deno.TcpListener, tls: Deno.TlsConn): Promise<Deno.TcpConn> {
  for (;;) {
    const accepted = await listener.accept();
    if (accepted.remoteAddr.port === tls.localAddr.port) return accepted;
    accepted.close();
  }
}

/** Carries bytes both ways until both directions are over, one breaks, or it is released and the last byte is out. */
function carry(
  near: Deno.TcpConn,
  far: Deno.TcpConn,
  clock: Pick<Clock, "setTimer">,
): () => void {
  let cancelTimer = () => {};
  const close = () => {
    cancelTimer();
    for (const conn of [near, far]) {
      try {
        conn.close();
      } catch {
        // Whoever gave it has closed it already.
      }
    }
  };
  const out = copy(near, far);
  Promise.all([out, copy(far, near)]).then(close, close);
  return () => {
    cancelTimer = clock.setTimer(drainMs, close);
    out.then(close, close);
  };
}

async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
  }
  await to.closeWrite();
}

function isAboutKey(fault: unknown): boolean {
  return fault instanceof Error &&
    /keys may not be consistent|No certificates found|No keys found|certificate data|key data/i
      .test(fault.message);
}

function unusableCertificate(): ConnectError {
  return new ConnectError({
    code: "tls-failed",
    phase: "tls",
    message: "The app's own certificate and its key cannot be used together.",
  });
}
