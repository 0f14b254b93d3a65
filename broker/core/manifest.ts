/** Processing a web app manifest: identity, scope, names, icons, and what it declares. @module */
import { type Manifest, maxManifestUrlLength } from "../schema/manifest.ts";
import { type ReadAppName, readAppName } from "./app_name.ts";
import { isWithinScope } from "./app_scope.ts";
import { readDeclaredHosts } from "./declared_hosts.ts";
import { findJsonFault } from "./json_fault.ts";
import { readIcons } from "./manifest_icons.ts";
import { readPermissionWishes } from "./permission_wishes.ts";
import { readScopeExtensions } from "./scope_extensions.ts";

/** How many errors are kept of one manifest, and how long each may be. */
export const maxErrors = 50;
const maxErrorLength = 500;

/** A manifest as processed, and what was wrong with its file. */
export interface ProcessedManifest {
  readonly manifest: Manifest;
  /** What was passed over, in Chromium's words where it has some; empty for a file without fault. */
  readonly errors: readonly string[];
}

/**
 * Processes a manifest (Web Application Manifest, "Processing a manifest" and the sections of its members). It never
 * throws for what the file holds: a member that is wrong is as if it were absent, and a file that is no JSON object is as
 * if it were empty.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { manifest } = processManifest(
 *   '{ "id": "mail", "start_url": "/app/" }',
 *   "https://example.com/manifest.json",
 *   "https://example.com/",
 * );
 * assert.equal(manifest.id, "https://example.com/mail");
 * assert.equal(manifest.scope, "https://example.com/app/");
 * ```
 *
 * @param json The file's text, or what was parsed from it.
 * @param manifestUrl Where the file was read.
 * @param documentUrl The page that links to it.
 */
export function processManifest(
  json: unknown,
  manifestUrl: string | URL,
  documentUrl: string | URL,
): ProcessedManifest {
  const errors: string[] = [];
  const report = (error: string) => {
    if (errors.length < maxErrors) errors.push(error.slice(0, maxErrorLength));
  };
  const members = readObject(json, report);
  const base = new URL(manifestUrl);
  const document = new URL(documentUrl);
  // Members are read in Chromium's order, so that its messages come in the same order here.
  const name = nameOf(members, "name", document, report);
  const shortName = nameOf(members, "short_name", document, report);
  const startUrl = ownUrl(members, "start_url", base, document, report) ?? document;
  const id = ownUrl(members, "id", new URL(startUrl.origin), document, report) ??
    new URL(startUrl);
  // The algorithm as written keeps the fragment of a start URL that stands in for the id; its table of examples does not.
  id.hash = "";
  const manifest: Manifest = {
    id: id.href,
    start_url: startUrl.href,
    scope: scopeOf(members, base, startUrl, report).href,
    name: name?.name ?? null,
    short_name: shortName?.name ?? null,
    name_flags: [...new Set([...name?.flags ?? [], ...shortName?.flags ?? []])],
    icons: readIcons(members["icons"], base, report),
    scope_extensions: readScopeExtensions(members["scope_extensions"], report),
    permission_requests: readPermissionWishes(members["permission_requests"], report),
    ...readDeclaredHosts(members, report),
  };
  return { manifest, errors };
}

type Members = Readonly<Record<string, unknown>>;
type Report = (error: string) => void;

function readObject(json: unknown, report: Report): Members {
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json.replace(/^\ufeff/, ""));
    } catch {
      const { line, column } = findJsonFault(json);
      report(`Line: ${line}, column: ${column}, Syntax error.`);
      return {};
    }
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  report("root element must be a valid JSON object.");
  return {};
}

/** A member that must be a URL of the document's origin; null, once told why, where it is not one. */
function ownUrl(
  members: Members,
  name: string,
  base: URL,
  document: URL,
  report: Report,
): URL | null {
  const url = anyUrl(members, name, base, report);
  // A `blob` URL has the origin of the page that made it, and is no place that an app could start at.
  const isOwn = url?.origin === document.origin && url.protocol === document.protocol;
  if (url === null || isOwn) return url;
  report(`property '${name}' ignored, should be same origin as document.`);
  return null;
}

function anyUrl(members: Members, name: string, base: URL, report: Report): URL | null {
  const value = members[name];
  if (value === undefined || value === "") return null;
  if (typeof value !== "string") {
    report(`property '${name}' ignored, type string expected.`);
    return null;
  }
  const url = URL.parse(value, base);
  if (url === null) report(`property '${name}' ignored, URL is invalid.`);
  else if (url.href.length > maxManifestUrlLength) {
    report(
      `property '${name}' ignored, exceeds maximum character length of ${maxManifestUrlLength}.`,
    );
    return null;
  }
  return url;
}

function scopeOf(members: Members, base: URL, startUrl: URL, report: Report): URL {
  let scope = anyUrl(members, "scope", base, report);
  if (scope !== null && !isWithinScope(startUrl, scope)) {
    report("property 'scope' ignored. Start url should be within scope of scope URL.");
    scope = null;
  }
  const chosen = scope ?? new URL(".", startUrl);
  chosen.search = "";
  chosen.hash = "";
  return chosen;
}

function nameOf(
  members: Members,
  member: "name" | "short_name",
  document: URL,
  report: Report,
): ReadAppName | null {
  const value = members[member];
  if (value === undefined) return null;
  if (typeof value !== "string") {
    report(`property '${member}' ignored, type string expected.`);
    return null;
  }
  return readAppName(value, document.origin);
}
