/** Whether a URL belongs to an app, and why: what an app may ask about itself. @module */
import type { App } from "../schema/app.ts";
import type { AppManifest } from "../schema/manifest.ts";
import type { OwnScope, ScopeReason } from "../schema/own_scope.ts";
import { extensionHolding, isWithinScope } from "./app_scope.ts";

const messages: Readonly<Record<ScopeReason, string>> = {
  "within-scope": "The URL is within the app's own scope.",
  "within-extension": "The URL's origin has agreed to be part of the app.",
  "outside-scope": "The URL is of the app's own origin, but not below its scope.",
  "outside-extension":
    "The URL's origin has agreed to be part of the app, but only below another path.",
  "extension-not-agreed":
    "The manifest names the URL's origin, and that origin has not agreed: its association file does not name the app, or could not be read.",
  "extension-withdrawn":
    "The URL's origin has agreed to be part of the app once, and does no longer.",
  "other-origin": "The manifest does not name the URL's origin in scope_extensions.",
  "no-scope": "Only web apps have a scope.",
};

/**
 * Where a URL lies. Looks at nothing but the app's own manifest and what its origins said of it, so that it tells nothing of
 * other apps. Without a manifest that was ever verified, the scope is the app's whole origin.
 */
export function ownScope(
  app: Pick<App, "kind" | "origin">,
  record: AppManifest | null,
  url: string,
): OwnScope {
  const manifest = record?.manifest ?? null;
  const scope = app.kind === "web" ? manifest?.scope ?? `${app.origin}/` : null;
  const shared = { url: new URL(url).href, scope, manifestVerified: record?.state === "verified" };
  const answer = (within: OwnScope["within"], reason: ScopeReason, vouchedBy: string | null) => ({
    ...shared,
    within,
    reason,
    message: messages[reason],
    vouchedBy,
  });
  if (scope === null) return answer("out-of-scope", "no-scope", null);
  if (isWithinScope(url, scope)) return answer("scope", "within-scope", null);
  const extensions = record?.extensions ?? [];
  const vouching = extensionHolding(url, { scope, extensions });
  if (vouching) return answer("extended-scope", "within-extension", vouching.origin ?? null);
  const { origin } = new URL(url);
  if (origin === app.origin) return answer("out-of-scope", "outside-scope", null);
  const named = extensions.find((extension) => extension.origin === origin);
  if (!named) return answer("out-of-scope", "other-origin", null);
  if (named.state === "agreed") return answer("out-of-scope", "outside-extension", null);
  return answer(
    "out-of-scope",
    named.lostAtMs === null ? "extension-not-agreed" : "extension-withdrawn",
    null,
  );
}
