/** Whether one grant speaks to a question: alive, for this target, and within the address spaces it reaches. @module */
import type { AddressSpace } from "../schema/address_space.ts";
import type { Grant } from "../schema/grant.ts";
import type { SessionId } from "../schema/ids.ts";
import { classifyAddress } from "./address_space.ts";
import {
  type CapabilityTarget,
  coversCapabilityTarget,
  parseCapabilityTarget,
} from "./capability_target.ts";
import type { Question } from "./question.ts";
import { literalAddress } from "./socket_address.ts";
import { coversTarget, socketTarget } from "./target.ts";

// Grants are never edited, so what a grant's text means is read once per record.
const parsedTargets = new WeakMap<Grant, CapabilityTarget>();

function targetOf(grant: Grant): CapabilityTarget {
  let target = parsedTargets.get(grant);
  if (!target) {
    target = parseCapabilityTarget(grant.capability, grant.target);
    parsedTargets.set(grant, target);
  }
  return target;
}

/** Whether a grant still holds: not past its time, and not used up by another session. */
export function isLiveGrant(grant: Grant, nowMs: number, sessionId: SessionId | null): boolean {
  return (grant.expiresAtMs === null || nowMs < grant.expiresAtMs) &&
    (grant.spentBy === null || grant.spentBy === sessionId);
}

/** Whether a denial covers the target itself, or any address that its name has. */
export function matchesDeny(grant: Grant, question: Question, target: CapabilityTarget): boolean {
  const denied = targetOf(grant);
  if (coversCapabilityTarget(denied, target)) return true;
  if (denied.kind !== "socket" || target.kind !== "socket" || question.addresses === null) {
    return false;
  }
  const { first, last } = target.socket.ports;
  if (first !== last) return false;
  return question.addresses.some((address) =>
    coversTarget(denied.socket, socketTarget(address, first))
  );
}

/** Whether an allowance covers the target, and reaches every address space that the target lies in. */
export function matchesAllow(grant: Grant, question: Question, target: CapabilityTarget): boolean {
  if (!coversCapabilityTarget(targetOf(grant), target)) return false;
  return spacesOf(question, target).every((space) => grant.spaces.includes(space));
}

function spacesOf(question: Question, target: CapabilityTarget): AddressSpace[] {
  const literal = target.kind === "socket" ? literalAddress(target.socket) : null;
  const addresses = literal === null ? question.addresses ?? [] : [literal];
  return addresses.map((address) => classifyAddress(address, question.ownAddresses).space);
}
