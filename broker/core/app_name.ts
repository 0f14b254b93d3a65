/** The name that an app gives itself: made plain, and told when it pretends to be something else. @module */
import { parse } from "tldts";
import type { NameFlag } from "../schema/manifest.ts";
import { whatwgHost } from "./host.ts";
import { parseIpAddress } from "./ip_address.ts";
import { canBeOwned } from "./scope_extensions.ts";
import { stackedMarks, unseenCharacters } from "./unseen_text.ts";

/** The longest name that is shown, in code points. */
export const maxNameLength = 60;

/** A name that can be shown, and what was odd about it. */
export interface ReadAppName {
  /** Null when nothing that can be seen was left. */
  readonly name: string | null;
  readonly flags: readonly NameFlag[];
}

/**
 * Reads a name. Characters that nobody sees are taken out, white space is collapsed, and it is cut to 60 code points.
 *
 * A name that holds a host other than the app's own, or one below the same registered domain, is flagged: "Mail by
 * google.com" of another origin. Look-alike full stops count as full stops.
 *
 * @param origin The app's origin; null for a program, which may name no host at all.
 */
export function readAppName(text: string, origin: string | null): ReadAppName {
  const flags: NameFlag[] = [];
  // What is read of a very long text is more than what is shown of it.
  const read = text.slice(0, 4096);
  const line = read.replace(/[\s\u0085]+/gu, " ");
  const seen = line.replace(unseenCharacters, "").replace(stackedMarks, "$1")
    .replace(/ {2,}/g, " ").trim();
  const points = [...seen];
  if (points.length > maxNameLength || text.length > read.length) flags.push("too-long");
  if (line.replace(emoji, "").search(unseenCharacters) >= 0) flags.push("unseen-characters");
  if (namesOtherHost(seen, origin)) flags.push("names-other-host");
  const name = points.length <= maxNameLength
    ? seen
    : `${points.slice(0, maxNameLength - 1).join("").trimEnd()}…`;
  return { name: name === "" ? null : name, flags };
}

/** Emoji, whose joiners and variation selectors are part of what is seen. */
const emoji = /\p{Extended_Pictographic}\ufe0f?(\u200d\p{Extended_Pictographic}\ufe0f?)*/gu;

// U+3002, U+FF0E and U+FF61 separate labels (UTS 46, section 2.3); the others only look as if they did.
const fullStops = /[\u3002\uff0e\uff61\u2024\u00b7\u2219\u22c5\u0701\u0702\ua4f8]/gu;

function namesOtherHost(name: string, origin: string | null): boolean {
  const own = origin === null ? null : URL.parse(origin)?.hostname ?? null;
  const words = name.normalize("NFKC").replace(fullStops, ".").split(/[^\p{L}\p{M}\p{N}.-]+/u);
  return words.some((word) => {
    const host = hostIn(word.replace(/^[.-]+|[.-]+$/g, ""));
    return host !== null && !isOwn(host, own);
  });
}

/** The host that a word is, in canonical form, or null. */
function hostIn(word: string): string | null {
  const host = word.includes(".") ? whatwgHost(word) : null;
  if (host === null) return null;
  // `1.2` would be read as an address too, but people take it for a version.
  if (parseIpAddress(host) !== null) return /^\d+(\.\d+){3}$/.test(word) ? host : null;
  return canBeOwned(host) ? host : null;
}

function isOwn(hostname: string, own: string | null): boolean {
  if (own === null) return false;
  if (hostname === own) return true;
  const domain = parse(own, { allowPrivateDomains: true }).domain;
  return domain !== null && parse(hostname, { allowPrivateDomains: true }).domain === domain;
}
