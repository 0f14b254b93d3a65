/** The name that a server has to prove by its certificate. @module */
import { literalAddress } from "./socket_address.ts";
import { socketTarget, type Target, TargetError } from "./target.ts";

/**
 * The name that a server proves, where that is not the target's own host.
 *
 * @param target One host and one port, canonical.
 * @param serverName As `serverNameOf` gives it.
 * @returns undefined where it is the target's own.
 */
export function otherServerName(target: string, serverName: string): string | undefined {
  const host = target.slice(0, target.lastIndexOf(":")).replace(/^\[|\]$/g, "");
  return serverName === host ? undefined : serverName;
}

/**
 * The name to verify a certificate for: what the app gave, else the target's own host. An A-label or an IP literal, in
 * canonical form, and never empty: an empty name would mean `localhost` to the TLS of Deno.
 *
 * @param target One host and one port.
 * @param wished What the app gave as the server's name, if it did.
 * @throws TargetError when that is neither a host name nor an IP address.
 */
export function serverNameOf(target: Target, wished: string | undefined): string {
  const named = wished === undefined ? target : socketTarget(wished, 443);
  const name = literalAddress(named) ?? (named.host.kind === "name" ? named.host.name : "");
  if (name === "") {
    throw new TargetError("empty-target", "A certificate is for one name or one address.");
  }
  return name;
}
