/** The embargo: a question that the person put off or let lie so often that it is not put for a while. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId, EmbargoId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** What is counted of one question, and until when it is not put. `untilMs: null`: it is put as before. */
export const Embargo = z.strictObject({
  v: z.literal(1),
  id: EmbargoId,
  appId: AppId,
  capability: Capability,
  target: TargetText,
  /** How often the person chose Later. */
  dismissals: z.int().min(0),
  /** How often it expired after the person had seen it, without a word. */
  ignores: z.int().min(0),
  untilMs: Instant.nullable(),
});
/** What is counted of one question. */
export type Embargo = z.infer<typeof Embargo>;
