/** The rate limits in force. @module */
import { defaultRateLimits, type RateLimits, replaceLimits } from "../core/rate_limits.ts";
import type { Broker } from "./ports.ts";

/** What policy sets, and the defaults for the rest. */
export function currentRateLimits({ policy }: Pick<Broker, "policy">): RateLimits {
  return replaceLimits(defaultRateLimits, policy.current().limits);
}
