/** Which settings hold: the organisation's where it locks one, else the person's, else its default, else the built-in one. @module */
import type { CardDuration, Settings, SettingsView } from "../schema/settings.ts";
import type { Policy, PolicySetting } from "./policy.ts";

/** What holds where nobody says anything. */
const builtIn = { cardDuration: "until-app-closes", quieting: "usual" } as const;

const minuteMs = 60_000;

/** How long the durations that name a span hold. */
const spanMs: Readonly<Partial<Record<CardDuration, number>>> = {
  "10-minutes": 10 * minuteMs,
  "1-hour": 60 * minuteMs,
  "1-day": 24 * 60 * minuteMs,
};

/** The settings in force, and where each is from. */
export function settingsInForce(settings: Settings, policy: Policy): SettingsView {
  const cardDuration = inForce(
    settings.cardDuration,
    policy.settings.cardDuration,
    builtIn.cardDuration,
  );
  const { longestMs } = policy.durations;
  const isTooLong = longestMs !== null && (spanMs[cardDuration.value] ?? 0) > longestMs;
  return {
    mode: settings.mode,
    cardDuration: isTooLong ? { ...cardDuration, value: builtIn.cardDuration } : cardDuration,
    quieting: inForce(settings.quieting, policy.settings.quieting, builtIn.quieting),
  };
}

function inForce<Value>(
  own: Value | undefined,
  organisation: PolicySetting<Value> | null,
  builtIn: Value,
) {
  const value = organisation?.locked ? organisation.value : own ?? organisation?.value ?? builtIn;
  return { value, own: own ?? null, organisation };
}
