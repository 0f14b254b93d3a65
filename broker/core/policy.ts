/** The organisation's policy in the form that decisions read. @module */
import type { Capability } from "../schema/capability.ts";

/** One rule of the policy, with the id by which a decision names it: `policy.rules[n]`. */
export interface PolicyRule {
  readonly id: string;
  readonly effect: "allow" | "deny";
  /** App ids, origins or names it is for; `*` is every app. */
  readonly apps: readonly string[];
  /** Capabilities it is for; `*` is every capability. */
  readonly capabilities: readonly (Capability | "*")[];
  /** Targets it is for, in text form. */
  readonly targets: readonly string[];
  /** Targets it is not for. */
  readonly except: readonly string[];
  /** Why, as the organisation says it. */
  readonly reason: string | null;
}

/** The organisation's policy. */
export interface Policy {
  /** Who manages this machine; null when nobody does. */
  readonly managedBy: string | null;
  readonly rules: readonly PolicyRule[];
  /** Whether an app may ask at all, by capability; a capability that is not named may. */
  readonly asking: Readonly<Partial<Record<Capability, boolean>>>;
  /** Host suffixes and CIDRs whose names may resolve to local addresses. */
  readonly intranet: readonly string[];
  /** Changes whenever the policy does; part of every review token. */
  readonly revision: string;
}

/** The policy of a machine that nobody manages. */
export const noPolicy: Policy = {
  managedBy: null,
  rules: [],
  asking: {},
  intranet: [],
  revision: "none",
};
