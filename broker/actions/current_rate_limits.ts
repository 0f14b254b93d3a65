/** The rate limits in force. @module */
import type { Policy } from "../core/policy.ts";
import { defaultRateLimits, type RateLimits } from "../core/rate_limits.ts";
import type { Broker } from "./ports.ts";

/** What policy sets, and the defaults for the rest. */
export function currentRateLimits({ policy }: Pick<Broker, "policy">): RateLimits {
  const { limits }: Policy & { readonly limits?: Partial<RateLimits> } = policy.current();
  return limits ? { ...defaultRateLimits, ...limits } : defaultRateLimits;
}
