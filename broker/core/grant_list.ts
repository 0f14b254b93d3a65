/** The list of grants: which of them a person looks for, and in which order. @module */
import type { Grant } from "../schema/grant.ts";
import type { GrantUse } from "../schema/grant_use.ts";
import type { DurationFilter, GrantQuery } from "../schema/list_query.ts";
import { parseCapabilityTarget } from "./capability_target.ts";
import { wordsOf } from "./history_match.ts";
import { type ListPage, type Order, pageOf } from "./list_page.ts";
import { narrowerTarget } from "./narrower_target.ts";
import { broadReasons } from "./target_breadth.ts";
import { isUnused } from "./unused_grants.ts";

/** A grant with what it is found by. */
export interface ListedGrant {
  readonly grant: Grant;
  readonly appName: string;
  readonly use: GrantUse | undefined;
  /** Whether a session that it allows is open. */
  readonly open: boolean;
}

/** How many grants there are, and how many of which kind. */
export interface GrantFigures {
  readonly total: number;
  readonly matching: number;
  /** How many of all were not used for 60 days. */
  readonly unused: number;
  /** How many of all were used for less than they allow. */
  readonly narrower: number;
}

/** A page of the list, and how much there is in all. */
export interface GrantListing extends ListPage<ListedGrant>, GrantFigures {}

/** The page that a query asks for. */
export function listGrants(
  grants: readonly ListedGrant[],
  query: GrantQuery,
  nowMs: number,
): GrantListing {
  const found = findGrants(grants, query, nowMs);
  return { ...pageOf(found, orders[query.sort], query), ...figures(grants, found, nowMs) };
}

/** The figures of the list that a query asks for. */
export function countGrants(
  grants: readonly ListedGrant[],
  query: GrantQuery,
  nowMs: number,
): GrantFigures {
  return figures(grants, findGrants(grants, query, nowMs), nowMs);
}

/** Every grant that a query looks for, in no given order. */
export function findGrants(
  grants: readonly ListedGrant[],
  query: GrantQuery,
  nowMs: number,
): ListedGrant[] {
  const words = wordsOf(query.q ?? "");
  return grants.filter((row) => matchesGrant(row, query, words, nowMs));
}

function figures(
  all: readonly ListedGrant[],
  found: readonly ListedGrant[],
  nowMs: number,
): GrantFigures {
  let unused = 0;
  let narrower = 0;
  for (const row of all) {
    if (isUnused(row, nowMs)) unused++;
    if (narrowerTarget(row.grant, row.use, nowMs) !== null) narrower++;
  }
  return { total: all.length, matching: found.length, unused, narrower };
}

/** Whether a grant is looked for. */
export function matchesGrant(
  row: ListedGrant,
  query: GrantQuery,
  words: readonly string[],
  nowMs: number,
): boolean {
  const { grant, appName, use } = row;
  const { app, effect, capability, duration } = query;
  if (app !== undefined && grant.appId !== app) return false;
  if (effect !== undefined && grant.effect !== effect) return false;
  if (capability !== undefined && grant.capability !== capability) return false;
  if (duration !== undefined && durationFilterOf(grant) !== duration) return false;
  if (words.length > 0) {
    const text = `${appName} ${grant.target}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
  }
  if (query.unused && !isUnused(row, nowMs)) return false;
  if (query.broad && !isBroadGrant(grant)) return false;
  return !query.narrower || narrowerTarget(grant, use, nowMs) !== null;
}

function durationFilterOf({ duration }: Grant): DurationFilter {
  return duration.kind === "for" || duration.kind === "until" ? "timed" : duration.kind;
}

/** Grants are never edited, so what was found of one holds as long as it is there. */
const broad = new WeakMap<Grant, boolean>();

/** Whether a grant allows so much that allowing it asked for a second step. A denial is never too broad. */
export function isBroadGrant(grant: Grant): boolean {
  const known = broad.get(grant);
  if (known !== undefined) return known;
  const found = grant.effect === "allow" && isBroadTarget(grant);
  broad.set(grant, found);
  return found;
}

function isBroadTarget({ capability, target }: Grant): boolean {
  try {
    return broadReasons(capability, parseCapabilityTarget(capability, target)).length > 0;
  } catch {
    // Nothing is known of a target that can't be read: worth a look.
    return true;
  }
}

const idOf = ({ grant }: ListedGrant) => grant.id;
const byTime = (descending: boolean): Order<ListedGrant> => ({
  keyOf: ({ grant }) => grant.createdAtMs,
  idOf,
  descending,
});

const orders: Readonly<Record<GrantQuery["sort"], Order<ListedGrant>>> = {
  newest: byTime(true),
  oldest: byTime(false),
  app: { keyOf: ({ appName }) => appName.toLowerCase(), idOf, descending: false },
  target: { keyOf: ({ grant }) => grant.target, idOf, descending: false },
  "last-used": { keyOf: ({ use }) => use?.lastUsedAtMs ?? 0, idOf, descending: true },
  "most-used": { keyOf: ({ use }) => use?.useCount ?? 0, idOf, descending: true },
};
