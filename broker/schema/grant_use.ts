/** The use of a grant: how often, how much, and when last. @module */
import { z } from "zod";
import { GrantId } from "./ids.ts";
import { Instant } from "./time.ts";

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
});
/** What a grant has been used for. */
export type GrantUse = z.infer<typeof GrantUse>;
