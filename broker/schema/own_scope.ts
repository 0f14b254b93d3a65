/** `GET /apps/me/scope`: whether a URL belongs to the calling app. @module */
import { z } from "zod";

/** `GET /apps/me/scope?url=`. */
export const OwnScopeQuery = z.strictObject({
  url: z.url().max(8192).meta({ description: "The URL in question, absolute" }),
});
/** `GET /apps/me/scope?url=`. */
export type OwnScopeQuery = z.infer<typeof OwnScopeQuery>;

/** Why a URL is, or is not, within an app's scope. */
export const ScopeReason = z.enum([
  "within-scope",
  /** Another origin has agreed that it is part of the app. */
  "within-extension",
  /** Of the app's own origin, but not below its scope. */
  "outside-scope",
  /** Of an origin that agreed, but not below what it agreed to. */
  "outside-extension",
  /** Of an origin that the manifest names, and that has not agreed. */
  "extension-not-agreed",
  /** Of an origin that agreed once, and does no longer. */
  "extension-withdrawn",
  /** Of an origin that the manifest does not name. */
  "other-origin",
  /** Extensions and programs have no web app manifest. */
  "no-scope",
]);
/** Why a URL is, or is not, within an app's scope. */
export type ScopeReason = z.infer<typeof ScopeReason>;

/** Answer to `GET /apps/me/scope`. */
export const OwnScope = z.strictObject({
  url: z.string(),
  within: z.enum(["scope", "extended-scope", "out-of-scope"]),
  reason: ScopeReason,
  /** A sentence for developers. */
  message: z.string(),
  /** The origin that vouches for it; null unless it is in the extended scope. */
  vouchedBy: z.string().nullable(),
  /** The app's own scope; null where it has none. */
  scope: z.string().nullable(),
  /** Whether that scope is from a manifest that its own origin serves, and not merely the whole origin. */
  manifestVerified: z.boolean(),
});
/** Answer to `GET /apps/me/scope`. */
export type OwnScope = z.infer<typeof OwnScope>;
