/** The rate limits in force. @module */
import type { Policy } from "../core/policy.ts";
import {
  defaultRateLimits,
  type RateLimitParts,
  type RateLimits,
  replaceLimits,
} from "../core/rate_limits.ts";
import type { Broker } from "./ports.ts";

/** What policy sets, and the defaults for the rest. */
export function currentRateLimits({ policy }: Pick<Broker, "policy">): RateLimits {
  const { limits }: Policy & { readonly limits?: RateLimitParts } = policy.current();
  return limits ? replaceLimits(defaultRateLimits, limits) : defaultRateLimits;
}
