/** The policy as the dashboard shows it. @module */
import { decide } from "../core/decide.ts";
import { grantEndsAtMs } from "../core/grant_match.ts";
import { capabilities } from "../schema/capability.ts";
import type { Policy } from "../core/policy.ts";
import type { Grant } from "../schema/grant.ts";
import type { PolicyView } from "../schema/policy_view.ts";
import { settingsView } from "./change_settings.ts";
import { countSessions, grantView } from "./grant_view.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** What is in force, from where, what is wrong with it, and which grants it overrides. */
export function policyView(broker: Broker): PolicyView {
  const policy = broker.policy.current();
  const { path, readAtMs, problem, warnings } = broker.policy.state();
  const counts = countSessions(broker);
  const { cardDuration, quieting } = settingsView(broker);
  return {
    managedBy: policy.managedBy,
    contact: policy.contact,
    path,
    readAtMs,
    revision: policy.revision,
    problem,
    warnings: [...warnings],
    rules: policy.rules.map((rule) => ({
      ...rule,
      apps: [...rule.apps],
      capabilities: [...rule.capabilities],
      targets: [...rule.targets],
      except: [...rule.except],
    })),
    askingForbidden: capabilities.filter((name) => policy.asking[name] === false),
    intranet: [...policy.intranet],
    requireTls: policy.requireTls,
    limits: policy.limits,
    longestDurationMs: policy.durations.longestMs,
    settings: { cardDuration, quieting },
    forceInstalled: [...policy.apps.forceInstalled],
    blocked: [...policy.apps.blocked],
    overridden: isSilent(policy) ? [] : [...broker.store.list("grant")].flatMap((grant) => {
      const by = overriddenBy(broker, grant);
      return by === null ? [] : [{ grant: grantView(broker, grant, counts), by }];
    }),
  };
}

/** Whether a policy says nothing that could override a person: then thousands of grants need not be decided about. */
function isSilent({ rules, apps, durations, requireTls }: Policy): boolean {
  return rules.length === 0 && apps.blocked.length === 0 && durations.longestMs === null &&
    !requireTls;
}

/** What decides about the whole of a grant's target otherwise than the grant does; null when nothing does. */
function overriddenBy(broker: Broker, grant: Grant): string | null {
  const { appId, capability, target, effect } = grant;
  const { reason, ruleIds } = decide(questionFor(broker, { appId, capability, target }));
  const isOtherwise = reason === (effect === "allow" ? "policy-deny" : "policy-allow");
  if (isOtherwise) return ruleIds[0] ?? null;
  const endsAtMs = grantEndsAtMs(grant, broker.policy.current());
  const isCut = endsAtMs !== null && endsAtMs !== grant.expiresAtMs &&
    endsAtMs <= broker.clock.nowMs();
  return isCut ? "policy.durations.longest" : null;
}
