/** Frame ancestry: the pages that a page is embedded in, as the SDK reports it (design section 11, third-party frames). @module */
import { z } from "zod";

/** A serialised origin; `null` in letters for one that can't be told. */
export const OriginText = z.string().min(1).max(512);

/** Where a framed page runs. */
export const FrameAncestry = z.strictObject({
  /** The origins of the pages around it, the nearest first (HTML, `location.ancestorOrigins`). */
  ancestors: z.array(OriginText).min(1).max(64),
});
/** Where a framed page runs. */
export type FrameAncestry = z.infer<typeof FrameAncestry>;
