/** What the operating system says of a socket, in the codes that apps are told; without its addresses. @module */
import { ConnectError } from "../actions/ports.ts";
import type { SessionError, SessionPhase } from "../schema/session.ts";

type Code = SessionError["code"];

const codes: Readonly<Record<string, Code>> = {
  ECONNREFUSED: "connection-refused",
  ECONNRESET: "connection-reset",
  ECONNABORTED: "connection-reset",
  EPIPE: "connection-reset",
  ENOTCONN: "connection-reset",
  ETIMEDOUT: "connection-timed-out",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EAFNOSUPPORT: "unreachable",
  EACCES: "unreachable",
  EPERM: "unreachable",
  EADDRINUSE: "address-in-use",
  EMSGSIZE: "message-too-big",
  EMFILE: "limited",
  ENFILE: "limited",
  ENOBUFS: "limited",
  ENOMEM: "limited",
};

// Windows names its errors by number, and Deno gives some errors a class but no code.
const classes: readonly (readonly [new (message?: string) => Error, Code])[] = [
  [Deno.errors.ConnectionRefused, "connection-refused"],
  [Deno.errors.ConnectionReset, "connection-reset"],
  [Deno.errors.ConnectionAborted, "connection-reset"],
  [Deno.errors.BrokenPipe, "connection-reset"],
  [Deno.errors.NotConnected, "connection-reset"],
  // A TLS peer that ends without saying so: what came may be cut short.
  [Deno.errors.UnexpectedEof, "connection-reset"],
  [Deno.errors.InvalidData, "tls-failed"],
  [Deno.errors.TimedOut, "connection-timed-out"],
  [Deno.errors.AddrInUse, "address-in-use"],
  [Deno.errors.AddrNotAvailable, "unreachable"],
];

const messages: Partial<Record<Code, string>> = {
  "connection-refused": "The server refused the connection: nothing listens on that port.",
  "connection-reset": "The server broke the connection off.",
  "connection-timed-out": "The server did not answer in time.",
  "unreachable": "The server cannot be reached from this machine.",
  "address-in-use": "No local port is free for this connection.",
  "message-too-big": "The datagram is longer than the network takes.",
  "limited": "This machine has no sockets left.",
  "certificate-name-mismatch": "The server's certificate is for another name.",
  "certificate-untrusted":
    "The server's certificate was not issued by an authority that this machine trusts.",
  "certificate-expired": "The server's certificate has expired, or is not valid yet.",
  "tls-failed": "The server did not agree to an encrypted connection.",
};

/** Which of two codes says more to a person, when several addresses were tried; higher is more. */
const tellingOrder: readonly Code[] = [
  "internal-error",
  "unreachable",
  "address-in-use",
  "limited",
  "connection-timed-out",
  "connection-reset",
  "connection-refused",
];

/** Makes the error that apps are told from what a socket call threw. The message carries no address. */
export function toConnectError(fault: unknown, phase: SessionPhase): ConnectError {
  if (fault instanceof ConnectError) return fault;
  return socketError(codeOf(fault), phase);
}

/** Makes the error for a code. */
export function socketError(code: Code, phase: SessionPhase): ConnectError {
  const message = messages[code] ?? "The connection failed for a reason this machine did not name.";
  return new ConnectError({ code, phase, message });
}

/** Of several failures of the same connection, the one that says most. */
export function mostTelling(errors: readonly ConnectError[]): ConnectError | undefined {
  const rank = ({ error }: ConnectError) => tellingOrder.indexOf(error.code);
  return errors.toSorted((a, b) => rank(b) - rank(a))[0];
}

// rustls tells its faults apart only in words; what follows the words may name addresses and is never passed on.
const tlsFaults: readonly (readonly [RegExp, Code])[] = [
  [/certificate not valid for name|NotValidForName/, "certificate-name-mismatch"],
  [/certificate expired|certificate not valid yet|Expired|NotValidYet/, "certificate-expired"],
  [/invalid peer certificate/, "certificate-untrusted"],
];

/** Makes the error that apps are told when a handshake failed; phase `tls`. */
export function toTlsError(fault: unknown): ConnectError {
  if (fault instanceof ConnectError) return fault;
  const { message } = fault as { message?: unknown };
  const known = tlsFaults.find(([words]) => words.test(`${message}`))?.[1];
  if (known) return socketError(known, "tls");
  const code = codeOf(fault);
  return socketError(code === "internal-error" ? "tls-failed" : code, "tls");
}

function codeOf(fault: unknown): Code {
  const { code } = fault as { code?: unknown };
  if (typeof code === "string" && code in codes) return codes[code] as Code;
  return classes.find(([type]) => fault instanceof type)?.[1] ?? "internal-error";
}
