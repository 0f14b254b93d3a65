/** What the organisation sets, item by item, and how much of it leaves the person a choice (design section 12). @module */
import type { PolicyView } from "../broker/schema/policy_view.ts";
import { fillText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { text } from "./text.ts";
import { spanText } from "./time_text.ts";

/** Locked; a default that the person's may differ from; or refused without a card. */
export type ManagedKind = "enforced" | "default" | "notAllowed";

/** One item. */
export interface ManagedItem {
  readonly kind: ManagedKind;
  /** Where it is written: the path of the key. */
  readonly key: string;
  /** What holds, in a sentence. */
  readonly words: string;
}

/** What the items are made of. */
export type Managing = Pick<
  PolicyView,
  | "rules"
  | "askingForbidden"
  | "intranet"
  | "requireTls"
  | "limits"
  | "longestDurationMs"
  | "settings"
  | "forceInstalled"
  | "blocked"
>;

/** Every item that the organisation sets; empty where nobody manages the machine. */
export function managedItems(policy: Managing): ManagedItem[] {
  const { items } = text.managed;
  const found: ManagedItem[] = [];
  const add = (kind: ManagedKind, key: string, words: string) =>
    found.push({ kind, key: `permissionBroker.${key}`, words });

  if (policy.requireTls) add("enforced", "requireTls", items.requireTls);
  if (policy.longestDurationMs !== null) {
    const span = spanText(policy.longestDurationMs);
    add("enforced", "durations.longest", fillText(items.longest, { span }));
  }
  for (const name of ["cardDuration", "quieting"] as const) {
    const { organisation } = policy.settings[name];
    if (organisation === null) continue;
    const kind = organisation.locked ? "enforced" : "default";
    const value = settingText(organisation.value);
    add(kind, `settings.${name}`, fillText(items[name], { value }));
  }
  for (const capability of policy.askingForbidden) {
    const words = fillText(items.asking, { capability: text.capability[capability] });
    add("notAllowed", `asking.${capability}`, words);
  }
  const { blocked, forceInstalled, rules } = policy;
  if (blocked.length > 0) add("notAllowed", "apps.blocked", plural(blocked.length, items.blocked));
  const denials = rules.filter(({ effect }) => effect === "deny").length;
  if (denials > 0) add("notAllowed", "rules", plural(denials, items.denies));
  if (rules.length > denials) {
    add("enforced", "rules", plural(rules.length - denials, items.allows));
  }
  if (forceInstalled.length > 0) {
    add("enforced", "apps.forceInstalled", plural(forceInstalled.length, items.forceInstalled));
  }
  if (Object.keys(policy.limits).length > 0) add("enforced", "limits", items.limits);
  if (policy.intranet.length > 0) add("enforced", "intranet", items.intranet);
  return found;
}

/** The value of a setting in words. */
export function settingText(
  value: PolicyView["settings"]["cardDuration" | "quieting"]["value"],
): string {
  const { untilAppCloses, quietings } = text.settings;
  switch (value) {
    case "usual":
    case "sooner":
    case "never":
      return quietings[value];
    case "until-app-closes":
      return untilAppCloses;
    case "once":
      return text.howLong.once;
    case "10-minutes":
      return plural(10, text.howLong.minutes);
    case "1-hour":
      return plural(1, text.howLong.hours);
    case "1-day":
      return plural(1, text.howLong.days);
  }
}
