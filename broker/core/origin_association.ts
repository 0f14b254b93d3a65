/** The association file, `/.well-known/web-app-origin-association`: which apps an origin agrees to be part of. @module */
import { stripComments } from "jsonc-parser";
import { findJsonFault } from "./json_fault.ts";

/** Where an origin keeps its association file (RFC 8615). */
export const associationPath = "/.well-known/web-app-origin-association";
/** The largest file that is read, in bytes. */
export const maxAssociationBytes = 1_000_000;
/** How many warnings are kept of one file. */
export const maxWarnings = 50;

/** One app that a file names. */
export interface AssociatedApp {
  /** The manifest id, as a URL. */
  readonly id: string;
  /** The URL that the extended scope of this app begins with; null where the file's `scope` was wrong: then none is given. */
  readonly scope: string | null;
  /** Whether the app may take over from one of another id (Chromium); kept, and of no effect here. */
  readonly allow_migration: boolean;
  /** What the origin authorises the app to, such as `intercept-links`; absent where the file does not say. */
  readonly authorize?: readonly string[];
}

/** What a file says. */
export interface OriginAssociation {
  readonly apps: readonly AssociatedApp[];
  /** What was left out, in Chromium's words. */
  readonly warnings: readonly string[];
  /** Why the whole file was refused; null when it was not. */
  readonly error: string | null;
  /** How to mend a file of a form that is no longer read; null for all others. */
  readonly advice: string | null;
}

const formatWarning = `"Invalid association format. Associations must start with a valid
    manifest id e.g.
    {
     "https://example.com/app" : {
       "scope": "/"
      }
    }`;

/** What to write in place of the list that files held until 2024. */
export const oldListAdvice =
  'This file has the old form, a list under "web_apps", which is no longer read. Write an object keyed by manifest id: { "https://example.com/app": { "scope": "/" } }.';

/**
 * Reads an association file. Comments are tolerated; a file that is not JSON, no object, or larger than 1,000,000 bytes is
 * refused whole; a wrong entry is left out with a warning. Entries are in the order of their keys.
 *
 * Source: chromium, components/webapps/services/web_app_origin_association; the member `authorize` is the proposal's.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const text = '{ "https://example.com/app": { "scope": "/app" } } // both ours';
 * const { apps } = parseOriginAssociation(text, "https://example.co.uk");
 * assert.equal(apps[0]?.id, "https://example.com/app");
 * assert.equal(apps[0]?.scope, "https://example.co.uk/app");
 * ```
 *
 * @param associateOrigin The origin that the file is from.
 */
export function parseOriginAssociation(text: string, associateOrigin: string): OriginAssociation {
  if (text.length > maxAssociationBytes || utf8Length(text) > maxAssociationBytes) {
    return refused(`The file is larger than ${maxAssociationBytes} bytes.`);
  }
  const json = readJson(text);
  if ("error" in json) return refused(json.error);
  if (!isObject(json.value)) return refused("No valid JSON object found.");
  const root = new URL("/", associateOrigin);
  const entries = Object.entries(json.value).sort(([a], [b]) => a < b ? -1 : 1);
  const apps: AssociatedApp[] = [];
  const warnings = entries.length === 0 ? [formatWarning] : [];
  for (const [key, value] of entries) {
    const id = URL.parse(key);
    if (id === null) warnings.push("Associated app ignored. Manifest ID is not a valid URL.");
    else if (!isObject(value)) warnings.push("Associated app ignored, type object expected.");
    else apps.push(readApp(id, value, root, warnings));
  }
  const advice = Object.hasOwn(json.value, "web_apps") ? oldListAdvice : null;
  return { apps, warnings: warnings.slice(0, maxWarnings), error: null, advice };
}

function readApp(
  id: URL,
  value: Readonly<Record<string, unknown>>,
  root: URL,
  warnings: string[],
): AssociatedApp {
  const { scope, allow_migration, authorize } = value;
  const resolved = typeof scope !== "string" || scope === "" ? root : URL.parse(scope, root);
  // As text, because URLs are matched with it as text: none would begin with a user's name.
  const own = resolved?.href.startsWith(root.href) ? resolved : null;
  if (own === null) {
    warnings.push("Associated app ignored. Required property 'scope' is not a valid URL.");
  }
  const app = { id: id.href, scope: own?.href ?? null, allow_migration: allow_migration === true };
  if (authorize === undefined) return app;
  // What can't be read authorises nothing: leaving it out would authorise everything.
  if (!Array.isArray(authorize)) {
    warnings.push("Property 'authorize' authorises nothing, type array expected.");
    return { ...app, authorize: [] };
  }
  const words = authorize.filter((word): word is string => typeof word === "string");
  return { ...app, authorize: words.filter((word) => word.length <= 64).slice(0, 16) };
}

function readJson(text: string): { value: unknown } | { error: string } {
  const bare = stripComments(text.replace(/^\ufeff/, ""), " ");
  try {
    return { value: JSON.parse(bare) };
  } catch {
    return { error: jsonError(bare) };
  }
}

/** Where a text stops being JSON. One that ends too early has the column of its last character, 0 where it has none. */
function jsonError(text: string): string {
  const fault = findJsonFault(text);
  const column = fault.atEnd ? fault.column - 1 : fault.column;
  const place = `line ${fault.line}, column ${column}`;
  const what = !fault.atEnd
    ? "this is not JSON"
    : text.trim() === ""
    ? "EOF while parsing a value"
    : "EOF while parsing the file";
  return `${place}: ${what} at line ${fault.line} column ${column}`;
}

function refused(error: string): OriginAssociation {
  return { apps: [], warnings: [], error, advice: null };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
