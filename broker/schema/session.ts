/** The session: one open socket, listener or fetch in flight. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId, ContextId, SessionId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** In which phase of its life a session failed or ended (design section 10). */
export const SessionPhase = z.enum(["policy", "dns", "connect", "tls", "transfer"]);
/** In which phase of its life a session failed or ended. */
export type SessionPhase = z.infer<typeof SessionPhase>;

/** Every code that a session's error can have. */
export const sessionErrorCodes = [
  "denied",
  "silenced",
  "withdrawn",
  "limited",
  "invalid-target",
  "not-installed",
  "name-not-resolved",
  "connection-refused",
  "connection-reset",
  "connection-timed-out",
  "unreachable",
  "address-in-use",
  "message-too-big",
  "invalid-request",
  "bad-response",
  "too-large",
  "too-slow",
  "redirect-refused",
  "certificate-name-mismatch",
  "certificate-untrusted",
  "certificate-expired",
  "tls-failed",
  "not-resumable",
  "permission-ended",
  "idle-timeout",
  "closed-by-person",
  "broker-stopping",
  "app-gone",
  "protocol-error",
  "internal-error",
] as const;

/** Why a session failed to open, or was ended before its two ends were done with it. */
export const SessionError = z.strictObject({
  code: z.enum(sessionErrorCodes),
  phase: SessionPhase,
  /** A sentence for people. Never carries an address that the app did not know. */
  message: z.string().max(500),
  /** For `limited`: after how many milliseconds trying again makes sense. */
  retryAfterMs: z.int().min(0).optional(),
});
/** Why a session failed to open, or was ended. */
export type SessionError = z.infer<typeof SessionError>;

/** What a server's certificate says of itself. */
export const CertificateFacts = z.strictObject({
  /** Whom it is for, and who issued it: attributes of the form `CN=name`, one a line. */
  subject: z.string(),
  issuer: z.string(),
  /** From when to when it is valid, in milliseconds since 1970. */
  validFromMs: z.int(),
  validToMs: z.int(),
  /** SHA-256 of the certificate: 32 bytes in upper-case hexadecimal, colons between them. */
  fingerprint256: z.string(),
});
/** What a server's certificate says of itself. */
export type CertificateFacts = z.infer<typeof CertificateFacts>;

/** What is known of an encrypted connection: its certificate was verified for `serverName`. */
export const TlsFacts = z.strictObject({
  /** The name, or the IP address, that the certificate was verified for. */
  serverName: z.string(),
  /** The application protocol that was agreed on (RFC 7301); null when none was. */
  alpn: z.string().nullable(),
  /** The server's certificate; absent where the platform does not tell. */
  certificate: CertificateFacts.optional(),
  /** Whether the app has a certificate of its own, and offered it to the server; absent when it has none. */
  clientCertificate: z.literal(true).optional(),
});
/** What is known of an encrypted connection. */
export type TlsFacts = z.infer<typeof TlsFacts>;

/** The datagrams of a UDP socket. */
export const DatagramCounts = z.strictObject({
  sent: z.int().min(0),
  received: z.int().min(0),
  /** Those of the app that were not sent: refused, over a limit, or not taken by the network. */
  droppedSent: z.int().min(0),
  /** Those that came while the app was too slow. */
  droppedReceived: z.int().min(0),
});
/** The datagrams of a UDP socket. */
export type DatagramCounts = z.infer<typeof DatagramCounts>;

/** A session as the dashboard and the history see it; it lives in memory only. */
export const Session = z.strictObject({
  id: SessionId,
  appId: AppId,
  contextId: ContextId,
  capability: Capability,
  /** What the app named, canonical: `imap.example.com:993`. */
  target: TargetText,
  /** Every address that was decided on. */
  addresses: z.array(z.string()),
  /** The other end; null for a socket that has none of its own: a listener, a bound UDP socket. */
  remoteAddress: z.string().nullable(),
  remotePort: z.int().nullable(),
  localAddress: z.string(),
  localPort: z.int(),
  secureTransport: z.boolean(),
  /** Absent when the connection is plain. */
  tls: TlsFacts.optional(),
  /** The listener that accepted it; absent for a socket that the app asked for itself. */
  listenerId: SessionId.optional(),
  /** The grants, or `policy.rules[n]`, that allow it. */
  ruleIds: z.array(z.string()),
  openedAtMs: Instant,
  bytesSent: z.int().min(0),
  bytesReceived: z.int().min(0),
  /** The datagrams of a UDP socket; absent for all else. */
  datagrams: DatagramCounts.optional(),
  /** Since when it waits for its app to come back, as after a page's reload; absent while the app is there. */
  waitingSinceMs: Instant.exactOptional(),
  closedAtMs: Instant.nullable(),
  /** Why it was cut; null while open, or when both ends closed it. */
  error: SessionError.nullable(),
});
/** A session as the dashboard and the history see it. */
export type Session = z.infer<typeof Session>;
