/** The grants of one app, indexed so that a decision looks at few of them. @module */
import type { Capability } from "../schema/capability.ts";
import type { Grant } from "../schema/grant.ts";

/** The grants of one app by capability; denials apart from allowances. */
export interface GrantIndex {
  /** Every grant, in the order given. */
  readonly all: readonly Grant[];
  /** The grants that deny a capability. */
  denying(capability: Capability): readonly Grant[];
  /** The grants that allow a capability. */
  allowing(capability: Capability): readonly Grant[];
}

/** Indexes the grants of one app. */
export function indexGrants(grants: Iterable<Grant>): GrantIndex {
  const all = [...grants];
  const buckets = new Map<string, Grant[]>();
  for (const grant of all) {
    const key = `${grant.effect} ${grant.capability}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(grant);
    else buckets.set(key, [grant]);
  }
  return {
    all,
    denying: (capability) => buckets.get(`deny ${capability}`) ?? [],
    allowing: (capability) => buckets.get(`allow ${capability}`) ?? [],
  };
}
