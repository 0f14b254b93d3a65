/** Sockets whose host the app leaves to the person to name (WICG Raw Sockets: "the user agent may invite the user to specify the address"). @module */
import { isSingleHost, isSinglePort, parseTarget, type Target } from "./target.ts";
import { TargetError } from "./target_error.ts";

/** What an app writes in place of a host that the person is to name. */
export const unaddressedHost = "*";

/**
 * The target that stands for such a question: every host there is, on one port or on any. An answer narrows it.
 *
 * @param port 0 leaves the port to the person too.
 */
export function unaddressedTarget(port: number): string {
  return `${unaddressedHost}:${port === 0 ? "*" : port}`;
}

/** Where a person has said that a socket is to lead. */
export interface NamedPlace {
  readonly target: Target;
  /** The name or the address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads what the person has named.
 *
 * @throws TargetError when it is not one host and one port.
 */
export function namedPlace(text: string): NamedPlace {
  const target = parseTarget(text);
  if (!isSingleHost(target) || !isSinglePort(target)) {
    throw new TargetError(
      "bad-wildcard",
      "Write the one host and the one port that it may reach, such as 192.168.1.20:9100.",
    );
  }
  const host = target.text.slice(0, target.text.lastIndexOf(":")).replace(/^\[|\]$/g, "");
  return { target, host, port: target.ports.first };
}
