/** What one app could do right now, brought together from its permissions. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId } from "./ids.ts";

/** How many apps are told of at most. */
export const maxAppAccess = 50;

/** What an app could do right now. */
export const AppAccess = z.strictObject({
  appId: AppId,
  appName: z.string(),
  /** Whether it is paused: it can do nothing of it until it is resumed. */
  isPaused: z.boolean(),
  powers: z.array(z.strictObject({
    capability: Capability,
    /** The first of its targets. */
    targets: z.array(z.string()),
    /** How many there are beside those. */
    more: z.int().min(0),
  })).min(1),
});
/** What an app could do right now. */
export type AppAccess = z.infer<typeof AppAccess>;
