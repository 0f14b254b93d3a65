/** What a request must be before anything else looks at it: sent to this broker, directly, in the plain form. @module */
import type { Problem } from "../schema/problem.ts";
import { problemOf } from "./problem.ts";

/** The head of a request as it came. */
export interface RequestHead {
  readonly method?: string | undefined;
  /** The request target, raw. */
  readonly url?: string | undefined;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** The methods that anything here answers. */
export const knownMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/** What a proxy adds. There is none before a broker on loopback; whoever sends these is not who it seems. */
const forwardingHeader = /^(forwarded|x-forwarded-.*|x-real-ip|x-original-(url|host))$/i;

/**
 * Vets a request. The raw `Host` is the only sign of DNS rebinding: a rebound page's requests are same-origin to its
 * browser. It is compared as it stands, with a list, and never parsed; and there must be exactly one, as parsers differ in
 * which of two they take.
 *
 * @returns The vetted host in lower case, or the problem to refuse with; the connection is then to be closed.
 */
export function vetRequest(
  { method, url, rawHeaders }: RequestHead,
  allowedHosts: ReadonlySet<string>,
): { host: string } | { problem: Problem } {
  const hosts: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.toLowerCase() === "host") hosts.push(rawHeaders[index + 1]!.toLowerCase());
    if (forwardingHeader.test(name)) {
      return {
        problem: problemOf(
          "invalid-header",
          `No proxy may stand before Gatehouse; leave \`${name}\` out.`,
        ),
      };
    }
  }
  const [host] = hosts;
  if (host === undefined || hosts.length > 1 || !allowedHosts.has(host)) {
    return {
      problem: problemOf(
        "host-not-allowed",
        `Gatehouse answers to ${[...allowedHosts].join(", ")} alone.`,
      ),
    };
  }
  if (!url?.startsWith("/")) {
    return { problem: problemOf("host-not-allowed", "The request target must be a path.") };
  }
  if (!knownMethods.includes(method ?? "")) {
    return {
      problem: problemOf("method-not-allowed", `Gatehouse knows ${knownMethods.join(", ")}.`),
    };
  }
  return { host };
}
