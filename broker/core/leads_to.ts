/** Where a target leads: the host and ports that a connection for it would go to. @module */
import type { CapabilityTarget } from "./capability_target.ts";
import type { MatchPattern } from "./match_pattern.ts";
import { anyPort, type PortRange } from "./port_range.ts";
import { parseTarget, type Target } from "./target.ts";

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  ws: 80,
  https: 443,
  wss: 443,
  ftp: 21,
};

/** A match pattern's own port, that of its scheme, or any where the scheme is `*` and so has none. */
function patternPorts({ port, text }: MatchPattern): PortRange {
  const single = port ?? defaultPorts[text.slice(0, text.indexOf(":"))];
  return single === undefined ? anyPort : { first: single, last: single };
}

// A pattern is read once, and asked about with every fetch and every review.
const read = new WeakMap<MatchPattern, { readonly target: Target | null }>();

/**
 * The one host that a target is for, and its ports; null for targets that have no host, or that stand for more than can
 * be looked up: `<all_urls>`, `https://*.example.com/*`.
 */
export function leadsTo(target: CapabilityTarget): Target | null {
  if (target.kind === "whole") return null;
  if (target.kind === "socket") return target.socket;
  let known = read.get(target.pattern);
  if (!known) read.set(target.pattern, known = { target: patternTarget(target.pattern) });
  return known.target;
}

function patternTarget(pattern: MatchPattern): Target | null {
  if (pattern.host.kind !== "exact") return null;
  try {
    const { first, last } = patternPorts(pattern);
    return parseTarget(`${pattern.host.name}:${first === last ? first : "*"}`);
  } catch {
    // A host that URLs know and sockets don't: nothing is ever dialed for it.
    return null;
  }
}
