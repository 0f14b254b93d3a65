/** The target of a socket that waits for others: its own address, and its port or those it may be given. @module */
import { canonicalHost } from "./host.ts";
import { formatPorts, type PortRange } from "./port_range.ts";
import { parseTarget, type Target, TargetError } from "./target.ts";

/** The ports that a listener without a wish of its own may be given (Direct Sockets: no lower one). */
export const freePorts: PortRange = { first: 32_768, last: 65_535 };

/**
 * The target of a listener.
 *
 * @param localAddress One of this computer's addresses, or `0.0.0.0` or `::` for all of them; IPv6 in brackets or bare.
 * @param localPort null for any of {@link freePorts}.
 * @throws TargetError for a name, and as `parseTarget` does.
 */
export function listenTarget(localAddress: string, localPort: number | null): Target {
  const host = canonicalHost(localAddress);
  if (host.kind === "invalid") throw new TargetError(host.reason, host.message);
  if (host.kind === "name") {
    throw new TargetError(
      "bad-name",
      "Listen on an address, such as 127.0.0.1 or [::], not a name.",
    );
  }
  const address = host.kind === "ipv6" ? `[${host.canonical}]` : host.canonical;
  return parseTarget(`${address}:${localPort ?? formatPorts(freePorts)}`);
}

/** Whether a listener on these ports asks for one that Direct Sockets leaves to a person, or to the policy, to allow. */
export function isLowListenPort({ first }: PortRange): boolean {
  return first < freePorts.first;
}
