/** Why this machine does not listen, in the codes that apps are told; without its addresses. @module */
import { ConnectError } from "../actions/ports.ts";
import type { SessionError } from "../schema/session.ts";
import { toConnectError } from "./socket_fault.ts";

const inUse = "Another program uses this address and port already.";
const notOurs = "This computer has no such address.";
const notAllowed = "This computer's system keeps this port to its administrator.";

const messages: Readonly<Record<string, string>> = {
  EADDRINUSE: inUse,
  AddrInUse: inUse,
  EADDRNOTAVAIL: notOurs,
  AddrNotAvailable: notOurs,
  EAFNOSUPPORT: "This computer has no addresses of this kind.",
  EACCES: notAllowed,
  EPERM: notAllowed,
  PermissionDenied: notAllowed,
};

/** Makes the error that apps are told from what binding a socket threw; phase `connect`. */
export function toListenError(fault: unknown): ConnectError {
  const { code, name } = fault as { code?: unknown; name?: unknown };
  const { error } = toConnectError(fault, "connect");
  const message = messages[`${code}`] ?? messages[`${name}`] ?? error.message;
  const told: SessionError["code"] = error.code === "internal-error" ? "unreachable" : error.code;
  return new ConnectError({ ...error, code: told, message });
}
