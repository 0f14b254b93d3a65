/** Site access, as the dashboard shows and sets it (design section 8). @module */
import { z } from "zod";
import { TargetText } from "./request.ts";

/** Where an app may act without being asked about each page. */
export const SiteAccessMode = z.enum(["on-click", "on-sites", "on-all-sites"]);
/** Where an app may act without being asked about each page. */
export type SiteAccessMode = z.infer<typeof SiteAccessMode>;

/** `PUT /apps/{id}/site-access`. */
export const SiteAccessWish = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("on-click") }),
  z.strictObject({
    mode: z.literal("on-sites"),
    sites: z.array(TargetText).min(1).max(100).meta({
      description: "Match patterns; the app may act on these and no others",
    }),
  }),
  z.strictObject({ mode: z.literal("on-all-sites") }),
]);
/** `PUT /apps/{id}/site-access`. */
export type SiteAccessWish = z.infer<typeof SiteAccessWish>;

/** How an app stands with sites. */
export const SiteAccessView = z.strictObject({
  mode: SiteAccessMode,
  /** The match patterns that it may act on lastingly. */
  sites: z.array(TargetText),
  /** Those that it declares, its paths aside. */
  declared: z.array(z.string()),
});
/** How an app stands with sites. */
export type SiteAccessView = z.infer<typeof SiteAccessView>;
