/** What an import would do with each permission of a file: nothing is written. @module */
import { parseCapabilityTarget } from "../core/capability_target.ts";
import { decide } from "../core/decide.ts";
import { durationFault } from "../core/expiry.ts";
import { isBroadGrant } from "../core/grant_list.ts";
import { transportBound } from "../core/transport_bound.ts";
import type { App } from "../schema/app.ts";
import type { Grant } from "../schema/grant.ts";
import type { FilePermission, GrantsFile, ImportOutcome } from "../schema/grants_file.ts";
import type { FieldProblem } from "../schema/problem.ts";
import { ActionError } from "./action_error.ts";
import { grantedSpaces } from "./granted_spaces.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** What becomes of one permission; the grant where it is new. */
export interface PlannedImport {
  readonly outcome: ImportOutcome;
  readonly app: App | undefined;
  readonly grant: Grant | null;
  readonly broad: boolean;
  readonly detail: string | null;
}

/** So many wrong fields are told at once. */
const maxProblems = 20;

/**
 * Plans every permission of a file.
 *
 * @throws ActionError `invalid-body`, with where each is, for targets that can't be read.
 */
export function planImport(broker: Broker, { permissions }: GrantsFile): PlannedImport[] {
  const targets = readTargets(permissions);
  const apps = new Map(
    [...broker.store.list("app")].map((app) => [appKey(app, app.claims.name), app]),
  );
  const seen = new Map<string, number>();
  for (const grant of broker.store.list("grant")) note(seen, grant);
  return permissions.map((permission, n) => {
    const app = apps.get(appKey(permission.app, permission.app.name));
    const planned = plan(
      broker,
      { ...permission, target: targets[n] ?? permission.target },
      app,
      seen,
    );
    if (planned.grant) note(seen, planned.grant);
    return planned;
  });
}

function readTargets(permissions: readonly FilePermission[]): string[] {
  const errors: FieldProblem[] = [];
  const targets = permissions.map(({ capability, target }, n) => {
    try {
      return parseCapabilityTarget(capability, target).text;
    } catch (fault) {
      const detail = fault instanceof Error ? fault.message : "This is no target.";
      if (errors.length < maxProblems) {
        errors.push({ pointer: `/file/permissions/${n}/target`, detail });
      }
      return target;
    }
  });
  const [first] = errors;
  if (first) throw new ActionError("invalid-body", `${first.pointer}: ${first.detail}`, { errors });
  return targets;
}

/** What an app is found by: where it is from; a program, which is from nowhere, by its name. */
function appKey(
  { kind, origin, manifestId }: Pick<App, "kind" | "origin" | "manifestId">,
  name: string,
) {
  return JSON.stringify(kind === "program" ? [kind, name] : [kind, origin, manifestId]);
}

function grantKey(grant: Grant): string {
  const { effect, appId, capability, target, secureTransport, serverName, budget } = grant;
  const bound = secureTransport ? ` encrypted ${serverName ?? ""}` : "";
  // A bounded one stands for no unbounded one.
  const within = budget ? ` within ${JSON.stringify(budget)}` : "";
  return `${effect} ${appId} ${capability} ${target}${bound}${within}`;
}

/** Keeps until when a permission like this holds, by what it is. */
function note(seen: Map<string, number>, grant: Grant): void {
  if (grant.duration.kind === "once" || grant.duration.kind === "until-app-closes") return;
  const key = grantKey(grant);
  seen.set(key, Math.max(seen.get(key) ?? 0, grant.expiresAtMs ?? Infinity));
}

function plan(
  broker: Broker,
  permission: FilePermission,
  app: App | undefined,
  seen: ReadonlyMap<string, number>,
): PlannedImport {
  const nowMs = broker.clock.nowMs();
  const { effect, capability, target, duration, expiresAtMs } = permission;
  const as = (outcome: ImportOutcome, detail: string | null = null): PlannedImport => {
    return { outcome, app, grant: null, broad: false, detail };
  };
  if (app?.state !== "installed") return as("app-not-here");
  if (duration.kind === "once" || duration.kind === "until-app-closes") return as("momentary");
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return as("over");
  const kept: Grant["duration"] = expiresAtMs === null
    ? { kind: "always" }
    : { kind: "until", atMs: expiresAtMs };
  const longestMs = effect === "allow" ? broker.policy.current().durations.longestMs : null;
  const fault = durationFault(kept, longestMs, nowMs);
  if (fault) return as("duration-not-allowed", fault.detail);
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect,
    appId: app.id,
    capability,
    target,
    ...transportBound(permission),
    spaces: grantedSpaces(broker, capability, target),
    duration: kept,
    createdAtMs: nowMs,
    expiresAtMs,
    requestId: null,
    spentBy: null,
    ...(permission.budget && effect === "allow" && { budget: permission.budget }),
  };
  if ((seen.get(grantKey(grant)) ?? 0) >= (expiresAtMs ?? Infinity)) return as("duplicate");
  if (effect === "allow") {
    const { secureTransport = false, serverName } = permission;
    const subject = { appId: app.id, capability, target, secureTransport, serverName };
    const { effect: now, reason, message } = decide(questionFor(broker, subject));
    if (now === "deny" && reason === "policy-deny") return as("blocked-by-policy", message);
  }
  return { outcome: "new", app, grant, broad: isBroadGrant(grant), detail: null };
}
