/** Everything that is held about an app, as one document. @module */
import { z } from "zod";
import { Credential } from "./app.ts";
import { CookieSite } from "./cookie_jar.ts";
import { AppView } from "./dashboard.ts";
import { Embargo } from "./embargo.ts";
import { Grant } from "./grant.ts";
import { GrantUse } from "./grant_use.ts";
import { HistoryEntry } from "./history.ts";
import { AppIcon, AppManifest } from "./manifest.ts";
import { AccessRequest } from "./request.ts";
import { Session } from "./session.ts";
import { Instant } from "./time.ts";

/** Everything about one app, its tokens apart: of those only digests are held, and not even they are given. */
export const AppExport = z.strictObject({
  exportedAtMs: Instant,
  app: AppView,
  credentials: z.array(Credential.omit({ tokenHash: true })),
  manifest: AppManifest.nullable(),
  icon: AppIcon.nullable(),
  grants: z.array(Grant),
  grantUses: z.array(GrantUse),
  requests: z.array(AccessRequest),
  embargoes: z.array(Embargo),
  /** Without their values: nobody can sign in by this. */
  cookies: z.array(CookieSite),
  /** Those that are open. */
  sessions: z.array(Session),
  /** The newest first. */
  history: z.array(HistoryEntry),
});
/** Everything about one app. */
export type AppExport = z.infer<typeof AppExport>;
