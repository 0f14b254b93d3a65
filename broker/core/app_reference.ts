/** How a policy names apps: by origin, by manifest id, by id, or all of them. @module */
import type { App } from "../schema/app.ts";
import { readAppOrigin } from "./app_origin.ts";

/** Stands for every app. */
export const everyApp = "*";

/** Thrown for a text that names no app; the message says how to mend it. */
export class AppReferenceError extends Error {
  override name = "AppReferenceError";
}

/**
 * The canonical spelling of a reference to an app: `*`, an id, an origin, or a manifest id (a URL with a path).
 *
 * @throws AppReferenceError
 */
export function canonicalAppReference(text: string): string {
  if (text === everyApp || /^app_[0-9a-f]{32}$/.test(text)) return text;
  const url = URL.parse(text);
  if (url === null || text.includes("*")) {
    throw new AppReferenceError(
      "Names no app. Write an origin (https://mail.example.com), a manifest id, an id (app_…), or * for every app.",
    );
  }
  const origin = `${url.protocol}//${url.host}`;
  const { kind } = readAppOrigin(origin);
  if (kind === "insecure") {
    throw new AppReferenceError(
      `Is not a secure context, so no app has it. Write https://${url.host}.`,
    );
  }
  if (kind !== "web" && kind !== "extension") {
    throw new AppReferenceError(
      "Is no origin that an app can have. Write https://…, or chrome-extension://….",
    );
  }
  // `https://mail.example.com` is an origin, and with a slash after it the manifest id of the app at its root.
  const isOrigin = url.search === "" && url.hash === "" && !/^[a-z-]+:\/\/[^/]*\//i.test(text);
  return isOrigin ? origin : url.href;
}

/** Every way in which a policy may name this app, `*` first. */
export function referencesTo(app: App): string[] {
  const names = [everyApp, app.id];
  if (app.origin !== null) names.push(app.origin);
  if (app.manifestId !== null) names.push(app.manifestId);
  return names;
}

// A policy is replaced whole, never edited, so each of its lists becomes a set once.
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether a list of references, in canonical spelling, names the app. */
export function namesApp(references: readonly string[], app: App): boolean {
  if (references.length === 0) return false;
  let set = sets.get(references);
  if (!set) sets.set(references, set = new Set(references));
  return set.has(everyApp) || set.has(app.id) ||
    (app.origin !== null && set.has(app.origin)) ||
    (app.manifestId !== null && set.has(app.manifestId));
}
