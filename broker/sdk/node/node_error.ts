/** Failures as Node's libraries expect them: an Error with a `code` such as `ECONNREFUSED`. @module */
import type { FailureCause } from "../mod.ts";

/** An error of the Node-style door. */
export interface NodeError extends Error {
  /** Node's name for what went wrong. */
  code: string;
  /** What was being done: `connect`, `getaddrinfo`, `read`, `write`, `listen`, `bind` or `send`. */
  syscall?: string;
  /** The host that was asked for. */
  address?: string;
  /** The port that was asked for. */
  port?: number;
  /** The DOMException that the SDK gave; its own `cause` is the broker's word. */
  cause?: unknown;
}

/** What was being done when it failed. */
export interface Attempt {
  syscall: string;
  address?: string;
  port?: number;
}

const codes: Readonly<Record<string, string>> = {
  "denied": "EACCES",
  "silenced": "EACCES",
  "withdrawn": "EACCES",
  "not-installed": "EACCES",
  "limited": "EAGAIN",
  "invalid-target": "EINVAL",
  "name-not-resolved": "ENOTFOUND",
  "connection-refused": "ECONNREFUSED",
  "connection-reset": "ECONNRESET",
  "connection-timed-out": "ETIMEDOUT",
  "unreachable": "EHOSTUNREACH",
  "address-in-use": "EADDRINUSE",
  "message-too-big": "EMSGSIZE",
  "idle-timeout": "ETIMEDOUT",
  "certificate-name-mismatch": "ERR_TLS_CERT_ALTNAME_INVALID",
  "certificate-untrusted": "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "certificate-expired": "CERT_HAS_EXPIRED",
  "tls-failed": "EPROTO",
  "protocol-error": "EPROTO",
  "permission-ended": "ECONNABORTED",
  "closed-by-person": "ECONNABORTED",
  "broker-stopping": "ECONNRESET",
  "relay-lost": "ECONNRESET",
  "app-gone": "ECONNABORTED",
  "broker-not-running": "ENETUNREACH",
  "browser-blocked": "EACCES",
  "browser-asking": "EACCES",
  "mixed-content": "EACCES",
  "internal-error": "EIO",
};

const exceptionCodes: Readonly<Record<string, string>> = {
  NotAllowedError: "EACCES",
  NotSupportedError: "ENOTSUP",
  AbortError: "ABORT_ERR",
  InvalidStateError: "EBUSY",
  TypeError: "ERR_INVALID_ARG_VALUE",
};

/**
 * Makes Node's error of what the SDK threw. Every way of saying no is `EACCES`, and a connection that the person or the
 * policy cut is `ECONNABORTED`.
 */
export function toNodeError(fault: unknown, attempt: Attempt): NodeError {
  const { name, message, cause } = fault as { name?: string; message?: string; cause?: unknown };
  const code = codeOf(cause as FailureCause | undefined) ?? exceptionCodes[name ?? ""] ?? "EIO";
  const syscall = code === "ENOTFOUND" ? "getaddrinfo" : attempt.syscall;
  const { address, port } = attempt;
  const where = address === undefined
    ? ""
    : port === undefined
    ? ` ${address}`
    : ` ${address}:${port}`;
  return nodeError(code, `${syscall} ${code}${where}: ${message ?? fault}`, {
    ...attempt,
    syscall,
    cause: fault,
    ...(code === "ENOTFOUND" && address !== undefined && { hostname: address }),
  });
}

/** Makes an error with a code. */
export function nodeError(
  code: string,
  message: string,
  more: Partial<NodeError> & { hostname?: string } = {},
): NodeError {
  return Object.assign(new Error(message), more, { code });
}

/** Makes a TypeError with Node's code for arguments of the wrong kind. */
export function argumentError(message: string, code = "ERR_INVALID_ARG_VALUE"): TypeError {
  return Object.assign(new TypeError(message), { code });
}

function codeOf(cause: FailureCause | undefined): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause) return codes[cause.code];
  return [401, 403, 429].includes(cause.status) ? "EACCES" : undefined;
}
