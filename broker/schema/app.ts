/** The app: who asks. @module */
import { z } from "zod";
import { DeclaredHosts } from "./declared_hosts.ts";
import { OriginText } from "./frame.ts";
import { AppId, CredentialId } from "./ids.ts";
import { Instant } from "./time.ts";

/** What kind of asker an app is. */
export const AppKind = z.enum(["web", "extension", "program"]);
/** What kind of asker an app is. */
export type AppKind = z.infer<typeof AppKind>;

/** How many accepted credentials an app keeps; with one more, the oldest gives way. */
export const maxActiveCredentials = 16;
/** How many credentials an app has at most, those included that wait. */
export const maxCredentials = 20;

/**
 * One app token of an app. Only a SHA-256 of the token is kept. A credential is `pending` until a person installs the app,
 * or, for an app that is installed already, until a person accepts the new browser profile that asked for it.
 */
export const Credential = z.strictObject({
  id: CredentialId,
  tokenHash: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.enum(["pending", "active"]),
  createdAtMs: Instant,
});
/** One app token of an app. */
export type Credential = z.infer<typeof Credential>;

/** What an app says of itself; never shown as if it were checked. */
export const AppClaims = z.strictObject({
  name: z.string().min(1).max(60),
  manifestUrl: z.url({ protocol: /^https?$/ }).max(2048).nullable(),
  reason: z.string().max(140).nullable(),
  /** Origins that it lets use the network inside its own pages; none when absent. */
  frames: z.array(OriginText).max(16).optional(),
  /** Sites that it says it is for; none when absent. */
  hosts: DeclaredHosts.optional(),
});
/** What an app says of itself. */
export type AppClaims = z.infer<typeof AppClaims>;

/** A silence: the app's questions are answered "no" without being shown. `untilMs: null` is until turned back on. */
export const Silence = z.strictObject({ sinceMs: Instant, untilMs: Instant.nullable() });
/** A silence. */
export type Silence = z.infer<typeof Silence>;

/** An app as it is stored. `v` is the version of this record's form. */
export const App = z.strictObject({
  v: z.literal(1),
  id: AppId,
  kind: AppKind,
  /** Serialised origin of a web app or an extension; null for a program. */
  origin: z.string().max(512).nullable(),
  /** The manifest id (an absolute URL of the app's own origin) that tells apart web apps of one origin. */
  manifestId: z.string().max(2048).nullable(),
  state: z.enum(["pending-installation", "installed"]),
  claims: AppClaims,
  credentials: z.array(Credential).max(maxCredentials),
  registeredAtMs: Instant,
  installedAtMs: Instant.nullable(),
  pausedAtMs: Instant.nullable(),
  silence: Silence.nullable(),
});
/** An app as it is stored. */
export type App = z.infer<typeof App>;
