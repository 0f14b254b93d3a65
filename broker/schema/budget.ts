/** The budget of a grant: how much it allows before it is used up (design section 11, "DDoS": what a person can bound). @module */
import { z } from "zod";

/** The longest time without traffic that a budget may set: a week. */
const longestIdleMs = 7 * 24 * 60 * 60 * 1000;

/** How much a grant allows. What is absent is not bounded; at least one member is there. */
export const Budget = z.strictObject({
  bytes: z.int().min(1).max(1e15).exactOptional().meta({
    description: "Bytes that its connections may carry, both ways and all together",
  }),
  connections: z.int().min(1).max(1e9).exactOptional().meta({
    description: "How many connections it may open in all",
  }),
  idleTimeoutMs: z.int().min(1000).max(longestIdleMs).exactOptional().meta({
    description: "After how many milliseconds without a byte a connection is closed",
  }),
}).refine((budget) => Object.keys(budget).length > 0, "Name at least one bound.");
/** How much a grant allows. */
export type Budget = z.infer<typeof Budget>;

/** What has been used of a budget. */
export const BudgetUse = z.strictObject({
  bytes: z.int().min(0),
  connections: z.int().min(0),
});
/** What has been used of a budget. */
export type BudgetUse = z.infer<typeof BudgetUse>;
