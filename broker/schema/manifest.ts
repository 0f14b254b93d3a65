/** What an app's own origin says of it: its web app manifest, as processed, and whether other origins agree to it. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { ReasonText, TargetText } from "./request.ts";

/** The longest URL that is kept of a manifest, in characters. */
export const maxManifestUrlLength = 2048;
const UrlText = z.string().min(1).max(maxManifestUrlLength);

/** What is odd about a name: it was cut, held characters that nobody sees, or names a host that is not the app's own. */
export const NameFlag = z.enum(["too-long", "unseen-characters", "names-other-host"]);
/** What is odd about a name. */
export type NameFlag = z.infer<typeof NameFlag>;

/** Something that an app declares it will ask for: our manifest member `permission_requests`. Declaring allows nothing. */
export const PermissionWish = z.strictObject({
  capability: Capability,
  /** Targets in canonical form. */
  targets: z.array(TargetText).min(1).max(16),
  reason: ReasonText.nullable(),
});
/** Something that an app declares it will ask for. */
export type PermissionWish = z.infer<typeof PermissionWish>;

/** An origin that a manifest wants in its extended scope (`scope_extensions`). It has agreed to nothing by that. */
export const DeclaredExtension = z.strictObject({
  origin: z.string().min(1).max(maxManifestUrlLength),
  /** Whether the names below the host are meant; never read from a manifest, as they could not be enumerated. */
  has_origin_wildcard: z.boolean(),
});
/** An origin that a manifest wants in its extended scope. */
export type DeclaredExtension = z.infer<typeof DeclaredExtension>;

/** An icon that a manifest lists. */
export const ManifestIcon = z.strictObject({
  src: UrlText,
  /** Media type as declared; null when none was. */
  type: z.string().max(100).nullable(),
  /** The longest side that was declared, in pixels; null for `any`, and when none was. */
  side: z.int().min(1).nullable(),
});
/** An icon that a manifest lists. */
export type ManifestIcon = z.infer<typeof ManifestIcon>;

const Patterns = z.array(TargetText).max(256);

/**
 * A manifest as processed (Web Application Manifest, section 1.19, "Processing a manifest"). Members are spelt as in the
 * file; those that this broker has no use for are left out.
 */
export const Manifest = z.strictObject({
  id: UrlText,
  start_url: UrlText,
  scope: UrlText,
  /** At most 60 characters that can be seen; null when there is none. */
  name: z.string().max(60).nullable(),
  short_name: z.string().max(60).nullable(),
  /** What was odd about either. */
  name_flags: z.array(NameFlag),
  icons: z.array(ManifestIcon).max(16),
  scope_extensions: z.array(DeclaredExtension).max(10),
  permission_requests: z.array(PermissionWish).max(32),
  /** Match patterns of sites that it is for (WebExtensions manifest). */
  host_permissions: Patterns,
  /** Match patterns of sites that it may ask for later (WebExtensions manifest). */
  optional_host_permissions: Patterns,
  /** Match patterns of all its content scripts (WebExtensions manifest, `content_scripts[].matches`). */
  content_script_matches: Patterns,
});
/** A manifest as processed. */
export type Manifest = z.infer<typeof Manifest>;
