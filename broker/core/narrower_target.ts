/** What a grant was really used for, when that is less than it allows: a suggestion to narrow it. @module */
import type { Grant } from "../schema/grant.ts";
import type { GrantUse } from "../schema/grant_use.ts";
import {
  type CapabilityTarget,
  coversCapabilityTarget,
  parseCapabilityTarget,
} from "./capability_target.ts";
import { formatTarget, type Target } from "./target.ts";
import { registrableDomain } from "./target_breadth.ts";

/** So often a grant was used before its use says anything. */
export const tellingUses = 5;
/** So old a grant is before its use says anything. */
export const tellingAgeMs = 24 * 60 * 60 * 1000;

/**
 * The one target, or the names below one name on one port, that were all that an allowance was used for, when that is
 * less than it covers; null when nothing can be said. It says nothing while it is not known what every use was for.
 */
export function narrowerTarget(
  grant: Grant,
  use: GrantUse | undefined,
  nowMs: number,
): string | null {
  const targets = use?.targets ?? [];
  if (grant.effect !== "allow" || grant.duration.kind === "once") return null;
  if (targets.length === 0 || nowMs - grant.createdAtMs < tellingAgeMs) return null;
  const uses = targets.reduce((sum, { count }) => sum + count, 0);
  if (use === undefined || uses < tellingUses || uses !== use.useCount) return null;
  let found = suggestions.get(use);
  if (found === undefined) suggestions.set(use, found = suggestion(grant, use));
  return found;
}

/** A record of use is never edited, and is of one grant: what it suggests holds as long as it is there. */
const suggestions = new WeakMap<GrantUse, string | null>();

function suggestion(grant: Grant, { targets = [] }: GrantUse): string | null {
  try {
    return narrower(grant, targets.map(({ target }) => target));
  } catch {
    // What can't be read can't be narrowed; that it can't be read is told elsewhere.
    return null;
  }
}

function narrower({ capability, target }: Grant, used: readonly string[]): string | null {
  const allowed = parseCapabilityTarget(capability, target);
  const read = used.map((text) => parseCapabilityTarget(capability, text));
  const text = together(read);
  if (text === null) return null;
  const less = parseCapabilityTarget(capability, text);
  const isLess = coversCapabilityTarget(allowed, less) && !coversCapabilityTarget(less, allowed);
  return isLess ? text : null;
}

/** One target for all: theirs when it is one, else `*.name:port` for names of one registrable domain on one port. */
function together(targets: readonly CapabilityTarget[]): string | null {
  const [first, ...others] = targets;
  if (first === undefined) return null;
  if (others.length === 0) return first.text;
  if (first.kind !== "socket") return null;
  const { ports } = first.socket;
  const domain = registrableDomain(first.socket);
  const alike = (socket: Target) =>
    socket.host.kind === "name" && registrableDomain(socket) === domain &&
    socket.ports.first === ports.first && socket.ports.last === ports.last;
  const same = targets.every((target) => target.kind === "socket" && alike(target.socket));
  if (domain === null || !same) return null;
  return formatTarget({ host: { kind: "wildcard", name: domain, dotName: `.${domain}` }, ports });
}
