/** The use of a grant: how often, how much, and when last. @module */
import { z } from "zod";
import { GrantId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** So many different targets are kept of a grant's use; with one more, they say nothing that the grant does not. */
export const maxUsedTargets = 8;

/** What a grant has been used for. Kept apart from the grant, which is never edited. */
export const GrantUse = z.strictObject({
  v: z.literal(1),
  /** The grant's own id. */
  id: GrantId,
  /** How many sessions it has allowed. */
  useCount: z.int().min(0),
  lastUsedAtMs: Instant,
  /** Bytes that those sessions have carried both ways, counted when they close. */
  bytes: z.int().min(0),
  /**
   * What those sessions were for, the newest last: as long as it is known of all of them, and few. Absent, and no longer
   * kept, once it is not.
   */
  targets: z.array(z.strictObject({ target: TargetText, count: z.int().min(1) }))
    .max(maxUsedTargets).optional(),
});
/** What a grant has been used for. */
export type GrantUse = z.infer<typeof GrantUse>;
