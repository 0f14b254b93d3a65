/** What holds for an app that asks about the page in a tab, by the one decision that there is. @module */
import { decide } from "../core/decide.ts";
import { exactPattern, sitePattern } from "../core/fetch_url.ts";
import type { HostAccessRules } from "../core/host_access_requests.ts";
import { isGrantablePage } from "../core/site_pattern.ts";
import type { App } from "../schema/app.ts";
import type { Decision, DecisionReason } from "../schema/decision.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** Denials that the person can take back: the request waits, unseen, and may yet be shown. */
const passing: ReadonlySet<DecisionReason> = new Set([
  "lockdown",
  "limit",
  "host-blocked",
  "grant-deny",
  "silenced",
  "embargo",
  "quiet",
]);

/**
 * The rules of the state machine for an app, now. What a person has blocked is left out of "has access": a block that
 * could be told from the answer would tell of the person.
 */
export function hostAccessRules(broker: Broker, app: App): HostAccessRules {
  const decideOn = (target: string, ignoresBlocks: boolean) =>
    decide(
      questionFor(broker, { appId: app.id, capability: "host-access", target, ignoresBlocks }),
    );
  return {
    declared: appHostsOf(broker, app).all,
    hasAccess(text) {
      const url = URL.parse(text);
      return isGrantablePage(url) && decideOn(exactPattern(url), true).effect === "allow";
    },
    isRestricted(text) {
      const url = URL.parse(text);
      return !isGrantablePage(url) || forbids(decideOn(sitePattern(url), false));
    },
  };
}

function forbids({ effect, reason }: Decision): boolean {
  return effect === "deny" && !passing.has(reason);
}
