/** What an app's own origin says of it: its web app manifest, as processed, and whether other origins agree to it. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId } from "./ids.ts";
import { ReasonText, TargetText } from "./request.ts";
import { Instant } from "./time.ts";

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

/** How an origin that a manifest names has answered for itself. */
export const ExtensionState = z.enum([
  /** Its association file names the app. */
  "agreed",
  /** Its association file does not name the app. */
  "not-named",
  /** There is no file that could be read. */
  "unreadable",
]);
/** How an origin that a manifest names has answered for itself. */
export type ExtensionState = z.infer<typeof ExtensionState>;

/** An origin that a manifest names, and what its own association file says. */
export const CheckedExtension = z.strictObject({
  origin: z.string().min(1).max(maxManifestUrlLength),
  state: ExtensionState,
  /** What URLs of the extended scope begin with; null unless it agreed. */
  scope: UrlText.nullable(),
  /** Whether it lets the app take links to it: it agreed, and does not authorise to something else alone. */
  capturesLinks: z.boolean(),
  /** Why it did not agree, or what is wrong with its file; null when nothing is. */
  message: z.string().max(500).nullable(),
  /** When it first agreed, without a break since; null unless it agreed. */
  agreedSinceMs: Instant.nullable(),
  /** When an agreement that there was had gone; null when there was none, or there is one again. */
  lostAtMs: Instant.nullable(),
});
/** An origin that a manifest names, and what its own association file says. */
export type CheckedExtension = z.infer<typeof CheckedExtension>;

/** How the last look at a manifest went. */
export const ManifestState = z.enum([
  "verified",
  /** It could not be read. */
  "unreachable",
  /** What was read is no manifest, or too much of one. */
  "invalid",
  /** It is the manifest of another app of the origin. */
  "other-id",
]);
/** How the last look at a manifest went. */
export type ManifestState = z.infer<typeof ManifestState>;

/** What an app's own origin says of it, as stored. The id is the app's. */
export const AppManifest = z.strictObject({
  v: z.literal(1),
  id: AppId,
  /** Where it was looked for. */
  manifestUrl: UrlText,
  state: ManifestState,
  /** Why it is not verified, in a sentence; null when it is. */
  problem: z.string().max(500).nullable(),
  checkedAtMs: Instant,
  nextCheckAtMs: Instant,
  /** When it was last verified; null when it never was. */
  verifiedAtMs: Instant.nullable(),
  /** As last verified; null when it never was. */
  manifest: Manifest.nullable(),
  /** What was passed over in the file that was last read. */
  errors: z.array(z.string().max(300)).max(30),
  extensions: z.array(CheckedExtension).max(10),
  /** What the person has seen of the declared wishes, as `capability target`; null before the app is installed. */
  seenWishes: z.array(z.string()).nullable(),
});
/** What an app's own origin says of it, as stored. */
export type AppManifest = z.infer<typeof AppManifest>;

/** An app's icon, as drawn anew here. The id is the app's. */
export const AppIcon = z.strictObject({
  v: z.literal(1),
  id: AppId,
  /** A PNG picture of 64 × 64 pixels, base64. */
  png: z.base64().max(40_000),
  /** SHA-256 of the picture in hexadecimal. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
/** An app's icon, as drawn anew here. */
export type AppIcon = z.infer<typeof AppIcon>;

/** One target of one declared wish, cut to what a card shows. */
export const ShownWish = z.strictObject({
  capability: Capability,
  target: z.string().max(200),
  reason: ReasonText.nullable(),
  /** Whether the person has not seen it yet, in an app that is installed. */
  isNew: z.boolean(),
});
/** One target of one declared wish. */
export type ShownWish = z.infer<typeof ShownWish>;

/** The manifest of an app in short, as cards and lists show it. */
export const ManifestSummary = AppManifest.pick({
  state: true,
  problem: true,
  checkedAtMs: true,
  verifiedAtMs: true,
}).extend({
  /** What the origin says the app is called; null when it says nothing. */
  name: z.string().max(60).nullable(),
  nameFlags: z.array(NameFlag),
  /** The manifest's own id and scope; null when it was never verified. */
  manifestId: UrlText.nullable(),
  scope: UrlText.nullable(),
  extensions: z.array(CheckedExtension.pick({ origin: true, state: true, lostAtMs: true })),
  /** The first wishes, and how many there are, and how many of them are new. */
  wishes: z.array(ShownWish).max(12),
  wishCount: z.int().min(0),
  newWishCount: z.int().min(0),
});
/** The manifest of an app in short. */
export type ManifestSummary = z.infer<typeof ManifestSummary>;

/** The manifest of an app whole, as its page shows it; null while none was ever looked for. */
export const ManifestView = z.strictObject({
  manifest: AppManifest.omit({ v: true, id: true }).nullable(),
});
/** The manifest of an app whole. */
export type ManifestView = z.infer<typeof ManifestView>;

/** URLs that an app may take links to. */
export const LinkCapture = z.strictObject({
  appId: AppId,
  appName: z.string(),
  /** What the URLs begin with. */
  scope: UrlText,
  /** The origin that agreed to it; null where it is the app's own. */
  agreedBy: z.string().nullable(),
});
/** URLs that an app may take links to. */
export type LinkCapture = z.infer<typeof LinkCapture>;

/** Answer to `GET /link-capture`. */
export const LinkCaptureList = z.strictObject({ captures: z.array(LinkCapture) });
/** Answer to `GET /link-capture`. */
export type LinkCaptureList = z.infer<typeof LinkCaptureList>;
