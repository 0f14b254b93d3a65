/** How a connection is encrypted, from what the app wishes and where it leads. @module */
import { serverNameOf } from "../core/server_name.ts";
import { type Target, TargetError } from "../core/target.ts";
import type { TlsWish } from "../schema/relay.ts";
import type { StartTlsOptions } from "./ports.ts";
import { denied } from "./refused_connection.ts";

/**
 * Reads an app's wish.
 *
 * @param target The one host that the connection leads to: what is verified where the app names nothing else.
 * @throws ConnectError `invalid-target` when what it names is neither a host name nor an address.
 */
export function startTlsOptions(
  { serverName, alpn, clientCertificate }: TlsWish,
  target: Target,
  signal: AbortSignal,
): StartTlsOptions {
  try {
    return {
      serverName: serverNameOf(target, serverName),
      alpn: alpn ?? [],
      ...(clientCertificate && { clientCertificate }),
      signal,
    };
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}
