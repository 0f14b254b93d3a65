/** The manifest member `scope_extensions`: which origins an app wants in its scope. None has agreed to it yet. @module */
import { parse } from "tldts";
import type { DeclaredExtension } from "../schema/manifest.ts";
import { isLoopbackHost } from "./app_origin.ts";
import { whatwgHost } from "./host.ts";
import { parseIpAddress } from "./ip_address.ts";

/** How many entries are read. */
export const maxExtensions = 10;
const maxOriginLength = 2000;
const ignored = "scope_extensions entry ignored";

/**
 * Reads the member. Entries are `{ type: "origin", origin }`, or `{ type: "origin", value }` as the proposal's text has
 * it; wrong ones are left out, each with a message, and the others kept. Messages are those of Chromium's
 * `manifest_parser.cc`, so that a developer sees the same in both places.
 *
 * An origin is https, with a host that somebody can own: not a public suffix, not below an unknown one. Addresses are
 * let pass, and so is loopback, by http too: it is a secure context here.
 */
export function readScopeExtensions(
  value: unknown,
  report: (error: string) => void,
): DeclaredExtension[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report("property 'scope_extensions' ignored, type array expected.");
    return [];
  }
  const extensions: DeclaredExtension[] = [];
  for (const entry of value) {
    if (extensions.length === maxExtensions) {
      report(
        `property 'scope_extensions' contains more than ${maxExtensions} valid elements, only the first ${maxExtensions} are parsed.`,
      );
      break;
    }
    const read = readEntry(entry);
    if ("error" in read) report(read.error);
    else if (!extensions.some(({ origin }) => origin === read.origin)) {
      extensions.push({ origin: read.origin, has_origin_wildcard: false });
    }
  }
  return extensions;
}

function readEntry(entry: unknown): { origin: string } | { error: string } {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return { error: `${ignored}, type object expected.` };
  }
  const { type, origin = "value" in entry ? entry.value : undefined } = entry as {
    type?: unknown;
    origin?: unknown;
  };
  if (typeof type !== "string" || typeof origin !== "string") {
    return { error: `${ignored}, required properties 'type' and 'origin' are missing.` };
  }
  if (type.trim() !== "origin") return { error: "Scope extension 'type' invalid." };
  const text = origin.trim();
  if (text.length > maxOriginLength) {
    return {
      error: `${ignored}, 'origin' exceeds maximum character length of ${maxOriginLength} .`,
    };
  }
  const url = URL.parse(text);
  if (url === null || url.hostname === "" || url.origin === "null") {
    return { error: `${ignored}, required property 'origin' is invalid.` };
  }
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    return { error: `${ignored}, required property 'origin' must use the https scheme.` };
  }
  // `*.` is no wildcard here, but what follows it must be a domain all the same, as in Chromium with its flag.
  if (!isLoopback && !canBeOwned(url.hostname.replace(/^\*\./, ""))) {
    return { error: `${ignored}, domain of required property 'origin' is invalid.` };
  }
  return { origin: url.origin };
}

/** Whether a host, as `URL.hostname` gives it, is an address, or a name below a suffix that the registries know. */
export function canBeOwned(hostname: string): boolean {
  const host = whatwgHost(hostname);
  if (host === null) return false;
  if (parseIpAddress(host) !== null) return true;
  const { domain, isIcann } = parse(host, { allowPrivateDomains: false, extractHostname: false });
  return domain !== null && isIcann === true;
}
