/** What a server's certificate says, as far as the platform tells of a connection that it has verified. @module */
import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../schema/session.ts";

const longestName = 1024;

/**
 * Reads the certificate that a connection was verified with, after its handshake. Deno has it for its `node:tls` under a
 * symbol that it does not document; where that is missing, or has another form, nothing is known of the certificate. The
 * verification itself does not depend on any of this.
 */
export function certificateFacts(connection: Deno.TlsConn): CertificateFacts | null {
  try {
    const der = peerCertificate(connection);
    if (!(der instanceof Uint8Array)) return null;
    const certificate = new X509Certificate(der);
    const validFromMs = Date.parse(certificate.validFrom);
    const validToMs = Date.parse(certificate.validTo);
    if (Number.isNaN(validFromMs) || Number.isNaN(validToMs)) return null;
    return {
      subject: certificate.subject.slice(0, longestName),
      issuer: certificate.issuer.slice(0, longestName),
      validFromMs,
      validToMs,
      fingerprint256: certificate.fingerprint256,
    };
  } catch {
    // It is told or it is not; the connection is as good without.
    return null;
  }
}

function peerCertificate(connection: Deno.TlsConn): unknown {
  const prototype = Object.getPrototypeOf(connection);
  const symbol = Object.getOwnPropertySymbols(prototype)
    .find(({ description }) => description === "getPeerCertificate");
  return symbol && prototype[symbol].call(connection)?.raw;
}
