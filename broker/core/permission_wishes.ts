/** The manifest member `permission_requests`: what an app declares it will ask for. Declaring allows nothing. @module */
import { Capability } from "../schema/capability.ts";
import type { PermissionWish } from "../schema/manifest.ts";
import { parseCapabilityTarget } from "./capability_target.ts";

/** How many entries are read, and how many targets of each. */
export const maxWishes = 32;
const maxTargets = 16;
const maxReasonLength = 140;
// A record of the store holds 64 KiB; what an app declares may fill a quarter of it.
const maxTextLength = 16_384;

/**
 * Reads the member: a list of `{ capability, targets, reason }`. A wrong entry, or a wrong target of it, is left out, each
 * with its path and how to mend it. Targets come back in canonical form, each once.
 */
export function readPermissionWishes(
  value: unknown,
  report: (error: string) => void,
): PermissionWish[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report("property 'permission_requests' ignored, type array expected.");
    return [];
  }
  const wishes: PermissionWish[] = [];
  let textLength = 0;
  for (const [index, entry] of value.entries()) {
    const path = `permission_requests[${index}]`;
    if (wishes.length === maxWishes) {
      report(`${path}: Only the first ${maxWishes} are read.`);
      break;
    }
    const wish = readWish(entry, path, report);
    if (!wish) continue;
    textLength += JSON.stringify(wish).length;
    if (textLength > maxTextLength) {
      report(`${path}: All entries together are too long. Name fewer or shorter targets.`);
      break;
    }
    wishes.push(wish);
  }
  return wishes;
}

/** One text for each target of each wish, to tell new wishes from known ones. */
export function wishKeys(wishes: readonly PermissionWish[]): string[] {
  return wishes.flatMap(({ capability, targets }) =>
    targets.map((target) => `${capability} ${target}`)
  );
}

function readWish(
  entry: unknown,
  path: string,
  report: (error: string) => void,
): PermissionWish | null {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    report(`${path}: Must be an object with capability and targets.`);
    return null;
  }
  const { capability, targets, reason } = entry as Record<string, unknown>;
  const known = Capability.safeParse(capability);
  if (!known.success) {
    report(`${path}.capability: Must be one of ${Capability.options.join(", ")}.`);
    return null;
  }
  if (!Array.isArray(targets) || targets.length === 0) {
    report(`${path}.targets: Must be a list of targets.`);
    return null;
  }
  const read = readTargets(known.data, targets, `${path}.targets`, report);
  if (read.length === 0) return null;
  return { capability: known.data, targets: read, reason: readReason(reason, path, report) };
}

function readTargets(
  capability: Capability,
  targets: readonly unknown[],
  path: string,
  report: (error: string) => void,
): string[] {
  const read = new Set<string>();
  for (const [index, target] of targets.entries()) {
    if (read.size === maxTargets) {
      report(`${path}[${index}]: Only the first ${maxTargets} are read.`);
      break;
    }
    if (typeof target !== "string" || target.length > 2048) {
      report(`${path}[${index}]: Must be a string of at most 2048 characters.`);
      continue;
    }
    try {
      read.add(parseCapabilityTarget(capability, target).text);
    } catch (fault) {
      report(`${path}[${index}]: ${(fault as Error).message}`);
    }
  }
  return [...read];
}

function readReason(
  reason: unknown,
  path: string,
  report: (error: string) => void,
): string | null {
  if (reason === undefined || reason === null) return null;
  if (typeof reason === "string" && reason.length <= maxReasonLength) return reason;
  report(`${path}.reason: Must be a string of at most ${maxReasonLength} characters.`);
  return null;
}
