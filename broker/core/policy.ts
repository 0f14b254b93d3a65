/** The organisation's policy in the form that decisions read. @module */
import type { Capability } from "../schema/capability.ts";
import type { PolicyFileLimits } from "../schema/policy_file.ts";
import type { CardDuration, Quieting } from "../schema/settings.ts";

/** One rule of the policy, with the id by which a decision names it: `policy.rules[n]`. */
export interface PolicyRule {
  readonly id: string;
  readonly effect: "allow" | "deny";
  /** App ids, origins or manifest ids it is for; `*` is every app. */
  readonly apps: readonly string[];
  /** Capabilities it is for; `*` is every capability. */
  readonly capabilities: readonly (Capability | "*")[];
  /** Targets it is for, in text form; `*` is every target. Each is one for at least one of the capabilities. */
  readonly targets: readonly string[];
  /** Targets it is not for. */
  readonly except: readonly string[];
  /** Why, as the organisation says it. */
  readonly reason: string | null;
}

/** What the organisation says to a setting: a default that the person's may differ from, or locked. */
export interface PolicySetting<Value> {
  readonly value: Value;
  readonly locked: boolean;
}

/** The organisation's policy. It is replaced whole, never edited. */
export interface Policy {
  /** Who manages this machine; null when nobody does. */
  readonly managedBy: string | null;
  /** Whom to ask about the policy. */
  readonly contact: string | null;
  readonly rules: readonly PolicyRule[];
  /** Whether an app may ask at all, by capability; a capability that is not named may. */
  readonly asking: Readonly<Partial<Record<Capability, boolean>>>;
  /** Host suffixes and CIDRs whose names may resolve to local addresses. */
  readonly intranet: readonly string[];
  /** Whether connections that are not encrypted are refused. */
  readonly requireTls: boolean;
  /** `host:port` of the STUN server that tells this machine its public address; null: nobody is asked. */
  readonly stunServer: string | null;
  /** Limits that stand in for the built-in ones. */
  readonly limits: PolicyFileLimits;
  readonly durations: {
    /** The longest that an allowance of the person may hold, in milliseconds; null for as long as they like. */
    readonly longestMs: number | null;
  };
  /** What it says to the person's settings; null where it says nothing. */
  readonly settings: {
    readonly cardDuration: PolicySetting<CardDuration> | null;
    readonly quieting: PolicySetting<Quieting> | null;
  };
  /** App ids, origins or manifest ids. */
  readonly apps: {
    /** Apps that count as installed. */
    readonly forceInstalled: readonly string[];
    /** Apps that are refused everything; `*` is every app. */
    readonly blocked: readonly string[];
  };
  /** Changes whenever the policy does; part of every review token. */
  readonly revision: string;
}

/** The policy of a machine that nobody manages. */
export const noPolicy: Policy = {
  managedBy: null,
  contact: null,
  rules: [],
  asking: {},
  intranet: [],
  requireTls: false,
  stunServer: null,
  limits: {},
  durations: { longestMs: null },
  settings: { cardDuration: null, quieting: null },
  apps: { forceInstalled: [], blocked: [] },
  revision: "none",
};
