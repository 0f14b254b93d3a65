/** How long an answer holds. @module */
import { z } from "zod";
import { Instant, maxTimedDurationMs } from "./time.ts";

/**
 * How long an answer holds (design section 7).
 *
 * - `once`: one connection or one fetch
 * - `until-app-closes`: until the app's last context has been gone for 30 s
 * - `for`: a span, in milliseconds
 * - `until`: a point in time
 * - `always`: no end of its own
 */
export const Duration = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once") }),
  z.strictObject({ kind: z.literal("until-app-closes") }),
  z.strictObject({ kind: z.literal("for"), ms: z.int().min(1000).max(maxTimedDurationMs) }),
  z.strictObject({ kind: z.literal("until"), atMs: Instant }),
  z.strictObject({ kind: z.literal("always") }),
]);
/** How long an answer holds. */
export type Duration = z.infer<typeof Duration>;
