/** The policy as the dashboard shows it: what is in force, from where, and what it overrides. @module */
import { z } from "zod";
import { capabilities, Capability } from "./capability.ts";
import { GrantView } from "./dashboard.ts";
import { GrantEffect } from "./grant.ts";
import { everything, PolicyFileLimits } from "./policy_file.ts";
import { SettingsView } from "./settings.ts";
import { Instant } from "./time.ts";

/** A rule, with the id by which decisions name it. */
export const PolicyRuleView = z.strictObject({
  id: z.string(),
  effect: GrantEffect,
  apps: z.array(z.string()),
  capabilities: z.array(z.enum([everything, ...capabilities])),
  targets: z.array(z.string()),
  except: z.array(z.string()),
  reason: z.string().nullable(),
});
/** A rule. */
export type PolicyRuleView = z.infer<typeof PolicyRuleView>;

/** A grant that the policy decides otherwise than the person did. */
export const OverriddenGrant = z.strictObject({
  grant: GrantView,
  /** What decides instead: `policy.rules[n]`, `policy.apps.blocked`, `policy.requireTls`, `policy.durations.longest`. */
  by: z.string(),
});
/** A grant that the policy decides otherwise. */
export type OverriddenGrant = z.infer<typeof OverriddenGrant>;

/** Answer to `GET /admin/v1/policy`. */
export const PolicyView = z.strictObject({
  managedBy: z.string().nullable(),
  contact: z.string().nullable(),
  /** The file that is read and watched; null where there is none. */
  path: z.string().nullable(),
  readAtMs: Instant.nullable(),
  revision: z.string(),
  /** Why the file as it stands now is not in force; null when it is. */
  problem: z.string().nullable(),
  /** What it says but surely does not mean. */
  warnings: z.array(z.string()),
  rules: z.array(PolicyRuleView),
  /** The capabilities for which no app may ask. */
  askingForbidden: z.array(Capability),
  intranet: z.array(z.string()),
  requireTls: z.boolean(),
  limits: PolicyFileLimits,
  longestDurationMs: z.int().min(0).nullable(),
  /** What it says to the person's settings. */
  settings: SettingsView.omit({ mode: true }),
  forceInstalled: z.array(z.string()),
  blocked: z.array(z.string()),
  overridden: z.array(OverriddenGrant),
});
/** Answer to `GET /admin/v1/policy`. */
export type PolicyView = z.infer<typeof PolicyView>;
