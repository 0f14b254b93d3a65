/** Whether one grant speaks to a question: alive, for this target, and within the address spaces it reaches. @module */
import type { AddressSpace } from "../schema/address_space.ts";
import type { Grant } from "../schema/grant.ts";
import type { SessionId } from "../schema/ids.ts";
import { budgetText, budgetUseText, isBudgetSpent } from "./budget.ts";
import { type CandidateBase, type Part, type ReadTargets, targetParts } from "./candidate.ts";
import { parseCapabilityTarget } from "./capability_target.ts";
import { isIntranetAddress } from "./intranet.ts";
import type { Policy } from "./policy.ts";
import type { Question } from "./question.ts";
import type { ReadQuestion } from "./read_question.ts";

/** A grant whose target has been read. */
export interface ReadGrant extends CandidateBase {
  readonly grant: Grant;
}

// Grants are never edited, so what a grant's text means is read once per record.
const readTargets = new WeakMap<Grant, ReadTargets>();

function targetsOf(grant: Grant): ReadTargets {
  let read = readTargets.get(grant);
  if (!read) readTargets.set(grant, read = readTarget(grant));
  return read;
}

function readTarget(grant: Grant): ReadTargets {
  try {
    const target = parseCapabilityTarget(grant.capability, grant.target);
    return { targets: [target], except: [], fault: null };
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : "This is no target.";
    return { targets: [], except: [], fault: `${grant.target}: ${message}` };
  }
}

/** Reads a grant. One whose target can't be read has a `fault`, and denies its capability while it lives. */
export function readGrant(grant: Grant, order: number): ReadGrant {
  return { id: grant.id, effect: grant.effect, order, grant, read: targetsOf(grant) };
}

/** When a grant ends by the clock, policy's longest duration included; null when time alone does not end it. */
export function grantEndsAtMs(grant: Grant, policy: Policy): number | null {
  const { longestMs } = policy.durations;
  const longestEnd = longestMs === null || grant.effect === "deny"
    ? Infinity
    : grant.createdAtMs + longestMs;
  const endsAtMs = Math.min(grant.expiresAtMs ?? Infinity, longestEnd);
  return endsAtMs === Infinity ? null : endsAtMs;
}

/** Whether a grant still holds by itself: not past its time, and not used up by another session. */
export function isLiveGrant(grant: Grant, nowMs: number, sessionId: SessionId | null): boolean {
  return (grant.expiresAtMs === null || nowMs < grant.expiresAtMs) && hasBegun(grant, nowMs) &&
    isUnused(grant, sessionId);
}

// Clocks are set right by a little all the time, and brokers on one store have one each.
const clockLeewayMs = 60_000;

/**
 * Whether the clock has not gone back behind the moment at which something was allowed for some time: ten minutes would
 * else be as long as the clock was set back, and ten minutes more.
 */
function hasBegun({ effect, duration, createdAtMs }: Grant, nowMs: number): boolean {
  return effect === "deny" || duration.kind !== "for" || createdAtMs - nowMs <= clockLeewayMs;
}

function isUnused(grant: Grant, sessionId: SessionId | null): boolean {
  return grant.spentBy === null || grant.spentBy === sessionId;
}

function isInTime({ grant }: ReadGrant, { question }: ReadQuestion): boolean {
  const endsAtMs = grantEndsAtMs(grant, question.policy);
  return (endsAtMs === null || question.nowMs < endsAtMs) && hasBegun(grant, question.nowMs);
}

const time = (ms: number | null) => ms === null ? "never" : new Date(ms).toISOString();

/** What must match for a grant of the app to speak. */
export const grantParts: readonly Part<ReadGrant>[] = [
  {
    name: "capability",
    holds: ({ grant }, { question }) => grant.capability === question.capability,
    says: ({ grant }) => grant.capability,
    asks: ({ question }) => question.capability,
  },
  {
    name: "expiry",
    holds: isInTime,
    says: ({ grant }) => time(grant.expiresAtMs),
    asks: ({ question }, { grant }) => {
      const { longestMs } = question.policy.durations;
      const cut = longestMs !== null && grantEndsAtMs(grant, question.policy) !== grant.expiresAtMs;
      return cut ? `${time(question.nowMs)}, policy: ${longestMs} ms` : time(question.nowMs);
    },
  },
  {
    name: "use",
    holds: ({ grant }, { question }) => isUnused(grant, question.sessionId),
    says: ({ grant }) => grant.spentBy ?? grant.duration.kind,
    asks: ({ question }) => question.sessionId ?? "",
  },
  ...targetParts,
  {
    name: "space",
    holds: ({ grant, read: { fault } }, read) =>
      grant.effect === "deny" || fault !== null ||
      spacesOf(read).every((space) => grant.spaces.includes(space)),
    says: ({ grant }) => grant.effect === "deny" ? "" : grant.spaces.join(", "),
    asks: (read) => spacesOf(read).join(", "),
  },
  {
    name: "transport",
    holds: ({ grant, read: { fault } }, { question }) =>
      grant.effect === "deny" || fault !== null || carries(grant, question),
    says: ({ grant }) => grantTransportText(grant),
    asks: ({ question }) => question.capability === "tcp-connect" ? transportText(question) : "",
  },
  {
    name: "budget",
    holds: ({ grant }, { question }) => !isBudgetSpent(grant, question),
    says: ({ grant }) => budgetText(grant.budget),
    asks: ({ question }, { grant }) => budgetUseText(grant, question),
  },
];

/** What must match for a grant whose budget is used up to say so: everything else. */
export const spentGrantParts: readonly Part<ReadGrant>[] = grantParts.filter(({ name }) =>
  name !== "budget"
);

/**
 * Whether an allowance is for a connection like this. One that may be plain may carry anything, TLS under any name too; one
 * for encrypted connections is only for those whose server proves the name that was allowed.
 */
function carries(grant: Grant, { secureTransport, serverName }: Question): boolean {
  if (!grant.secureTransport) return true;
  return secureTransport === true && serverName === grant.serverName;
}

function grantTransportText(grant: Grant): string {
  if (grant.effect === "deny" || grant.capability !== "tcp-connect") return "";
  return grant.secureTransport ? transportText(grant) : "encrypted or not";
}

function transportText(
  { secureTransport, serverName }: Pick<Question, "secureTransport" | "serverName">,
): string {
  if (!secureTransport) return "not encrypted";
  return serverName === undefined ? "encrypted" : `encrypted, proven as ${serverName}`;
}

/** The address spaces that an allowance has to reach; what policy calls intranet, a name may reach as it stands. */
function spacesOf({ question, isLiteral, addresses }: ReadQuestion): AddressSpace[] {
  return addresses
    .filter(({ address }) =>
      isLiteral || address === null || !isIntranetAddress(question.policy, address)
    )
    .map(({ classification }) => classification.space);
}
