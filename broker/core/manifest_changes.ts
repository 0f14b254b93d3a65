/** What has changed between two looks at an app's manifest, and which of its wishes the person has not seen yet. @module */
import type { App } from "../schema/app.ts";
import type { AppManifest, CheckedExtension, Manifest } from "../schema/manifest.ts";
import type { AssociatedApp, OriginAssociation } from "./origin_association.ts";
import { wishKeys } from "./permission_wishes.ts";

/** What an origin may authorise an app to: taking links to it (Scope Extensions, "authorize"). */
export const interceptLinks = "intercept-links";

/** The longest scope that an origin may give, in characters. */
const maxScopeLength = 512;

/** Members whose change is worth a line in the history, and what each is called there. */
const toldMembers: readonly (readonly [member: keyof Manifest, words: string])[] = [
  ["id", "id"],
  ["start_url", "start page"],
  ["scope", "scope"],
  ["name", "name"],
  ["short_name", "short name"],
  ["icons", "icons"],
  ["scope_extensions", "scope extensions"],
  ["permission_requests", "declared wishes"],
  ["host_permissions", "declared sites"],
  ["optional_host_permissions", "optional sites"],
  ["content_script_matches", "content scripts"],
];

/** What differs between two manifests, in words; empty when nothing that is kept does. */
export function changedMembers(before: Manifest, after: Manifest): string[] {
  return toldMembers.filter(([member]) =>
    JSON.stringify(before[member]) !== JSON.stringify(after[member])
  ).map(([, words]) => words);
}

/** Wishes that an installed app declares and that the person has not seen, as `capability target`. */
export function newWishes(app: Pick<App, "state">, record: AppManifest): string[] {
  if (app.state !== "installed" || record.manifest === null) return [];
  const seen = new Set(record.seenWishes ?? []);
  return wishKeys(record.manifest.permission_requests).filter((key) => !seen.has(key));
}

/**
 * Whether a manifest is that of this app. An app that gave no manifest id has its origin's root for one: then whatever
 * the origin serves is its own.
 */
export function isManifestOf(app: Pick<App, "origin" | "manifestId">, { id }: Manifest): boolean {
  return app.manifestId === null || app.manifestId === `${app.origin}/` || app.manifestId === id;
}

/** The record of an app whose wishes the person has now seen; null when there is nothing new. */
export function withSeenWishes(record: AppManifest): AppManifest | null {
  const wishes = wishKeys(record.manifest?.permission_requests ?? []);
  const seen = new Set(record.seenWishes ?? []);
  if (record.seenWishes !== null && wishes.every((key) => seen.has(key))) return null;
  return { ...record, seenWishes: wishes };
}

/** What an origin's file says of one app, held against what was known before. */
export function judgeExtension(
  origin: string,
  manifestId: string,
  file: OriginAssociation | { readonly fault: string },
  before: CheckedExtension | undefined,
  nowMs: number,
): CheckedExtension {
  const entry = "fault" in file ? null : file.apps.find(({ id }) => id === manifestId) ?? null;
  if (entry !== null && entry.scope !== null && entry.scope.length <= maxScopeLength) {
    const { authorize } = entry;
    return {
      origin,
      state: "agreed",
      scope: bareScope(entry.scope),
      capturesLinks: authorize === undefined || authorize.includes(interceptLinks),
      message: null,
      agreedSinceMs: before?.agreedSinceMs ?? nowMs,
      lostAtMs: null,
    };
  }
  return {
    origin,
    state: "fault" in file || file.error !== null ? "unreadable" : "not-named",
    scope: null,
    capturesLinks: false,
    message: whyNot(file, entry, manifestId).slice(0, 500),
    agreedSinceMs: null,
    lostAtMs: before?.state === "agreed" ? nowMs : before?.lostAtMs ?? null,
  };
}

function whyNot(
  file: OriginAssociation | { readonly fault: string },
  entry: AssociatedApp | null,
  manifestId: string,
): string {
  if ("fault" in file) return `Its association file could not be read. ${file.fault}`;
  if (file.error !== null) return `Its association file is of no use. ${file.error}`;
  if (entry !== null) {
    return entry.scope === null
      ? "Its association file names this app with a scope of another origin."
      : "Its association file names this app with a scope that is too long.";
  }
  const more = file.advice ?? [...new Set(file.warnings)].slice(0, 2).join(" ");
  return `Its association file does not name ${manifestId}. ${more}`.trim();
}

/** Query and fragment are no part of a scope. */
function bareScope(scope: string): string {
  const url = new URL(scope);
  url.search = "";
  url.hash = "";
  return url.href;
}
