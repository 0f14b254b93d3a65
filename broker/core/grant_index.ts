/** The grants of one app, indexed so that a decision looks at few of them. @module */
import type { Capability } from "../schema/capability.ts";
import type { Grant, GrantEffect } from "../schema/grant.ts";
import type { CapabilityTarget } from "./capability_target.ts";
import { type ReadGrant, readGrant } from "./grant_match.ts";
import { TargetIndex } from "./target_index.ts";

/** The grants of one app by effect, capability and target. */
export interface GrantIndex {
  /** Every grant, in the order given. */
  readonly all: readonly Grant[];
  /**
   * Calls `look` with every grant of this effect and capability that may cover the target, expired and spent ones
   * included. Whoever asks still has to look at each.
   */
  visit(
    effect: GrantEffect,
    capability: Capability,
    target: CapabilityTarget,
    look: (grant: ReadGrant) => void,
  ): void;
}

/** Indexes the grants of one app; those of an effect and capability when they are first asked for. */
export function indexGrants(grants: Iterable<Grant>): GrantIndex {
  const all = [...grants];
  const byKind = new Map<string, number[] | TargetIndex<ReadGrant>>();
  for (const [order, grant] of all.entries()) {
    const kind = `${grant.effect} ${grant.capability}`;
    const orders = byKind.get(kind);
    if (Array.isArray(orders)) orders.push(order);
    else byKind.set(kind, [order]);
  }
  return {
    all,
    visit(effect, capability, target, look) {
      const kind = `${effect} ${capability}`;
      let index = byKind.get(kind);
      if (index === undefined) return;
      if (Array.isArray(index)) byKind.set(kind, index = indexByTarget(all, index));
      index.visit(target, look);
    },
  };
}

function indexByTarget(all: readonly Grant[], orders: readonly number[]): TargetIndex<ReadGrant> {
  const index = new TargetIndex<ReadGrant>();
  for (const order of orders) {
    const grant = readGrant(all[order]!, order);
    const [target] = grant.read.targets;
    if (target) index.add(target, grant);
    else index.addAlways(grant);
  }
  return index;
}
