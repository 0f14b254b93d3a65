/** Tabs and host access requests, as apps tell of them and ask (design section 8). @module */
import { z } from "zod";
import { FrameAncestry } from "./frame.ts";

/** The longest URL that a tab may have, in characters, without its fragment. */
export const maxTabUrlLength = 4096;

/** A tab's id: whatever whole number the app's browser gave it. */
export const TabId = z.int().min(0).meta({ description: "A tab of the app's browser" });
/** A tab's id, as a path carries it. */
export const TabIdText = z.string().regex(/^(0|[1-9]\d{0,15})$/).transform(Number).pipe(TabId)
  .meta({ description: "A tab of the app's browser" });

/** `PUT /contexts/{tabId}`: how one of the app's tabs stands. */
export const TabBody = z.strictObject({
  url: z.string().min(1).max(maxTabUrlLength).meta({
    description: "The page in it, an absolute URL; its fragment and credentials are not kept",
  }),
  active: z.boolean().meta({ description: "Whether it is the one in front, in its window" }),
  documentId: z.string().min(1).max(128).nullable().default(null).meta({
    description: "The top-level document in it; null where the app knows none",
  }),
  frame: FrameAncestry.nullable().optional().meta({
    description: "The pages around the one that tells; null or absent when there are none",
  }),
});
/** `PUT /contexts/{tabId}`. */
export type TabBody = z.infer<typeof TabBody>;

/** `PUT, DELETE /host-access-requests`: exactly one of `tabId` and `documentId`. */
export const HostAccessBody = z.strictObject({
  tabId: z.int().optional().meta({ description: "The tab in which it is shown" }),
  documentId: z.string().max(128).optional().meta({
    description: "The top-level document of that tab",
  }),
  pattern: z.string().max(2048).nullable().optional().meta({
    description: "A match pattern of the pages of the site on which it is shown; all when absent",
  }),
});
/** `PUT, DELETE /host-access-requests`. */
export type HostAccessBody = z.infer<typeof HostAccessBody>;

/** Answer to `PUT, DELETE /host-access-requests`, at once: what comes of it is told by the event `added`. */
export const HostAccessResult = z.strictObject({
  valid: z.boolean(),
  error: z.string().nullable().meta({ description: "What is wrong with it, in Chrome's words" }),
});
/** Answer to `PUT, DELETE /host-access-requests`. */
export type HostAccessResult = z.infer<typeof HostAccessResult>;

/** The id of a request's card in the dashboard: the browser that asks, and its tab. */
export const HostAccessCardId = z.string().regex(/^cred_[0-9a-f]{32}\.\d{1,16}$/).meta({
  description: "`cred_`, 32 hexadecimal digits, a dot, and the tab's id",
});
/** The id of a request's card in the dashboard. */
export type HostAccessCardId = z.infer<typeof HostAccessCardId>;

/** What the person did to a card: what it showed is to be what still holds. */
export const ReviewedBody = z.strictObject({
  reviewToken: z.string().max(128).meta({ description: "The `reviewToken` of what was shown" }),
});
/** What the person did to a card. */
export type ReviewedBody = z.infer<typeof ReviewedBody>;
