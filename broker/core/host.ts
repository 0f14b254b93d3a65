/** The one way to read a host that somebody wrote: a name or an address, in canonical form. @module */
import { type IpAddress, parseIpAddress } from "./ip_address.ts";

/** Why a text is no host; the closed list. */
export type HostErrorReason =
  | "empty-host"
  | "forbidden-character"
  | "zone-id"
  | "bad-ipv4"
  | "bad-ipv6"
  | "bad-name"
  | "empty-label"
  | "label-too-long"
  | "name-too-long";

/** A host in canonical form: names as A-labels in lower case without the final dot. */
export type Host =
  | { readonly kind: "name"; readonly canonical: string }
  | { readonly kind: "ipv4" | "ipv6"; readonly canonical: string; readonly address: IpAddress }
  | { readonly kind: "invalid"; readonly reason: HostErrorReason; readonly message: string };

/** How a name finds its addresses: by DNS, as loopback without asking anybody, or not at all. */
export type NameResolution = "dns" | "loopback" | "never";

// RFC 1035, section 2.3.4, in characters of the text form without the final dot.
const maxNameLength = 253;
const maxLabelLength = 63;
// No host of at most 253 characters needs more, even when every one is percent-encoded UTF-8.
const maxTextLength = 4096;

// What ends or splits a host inside a URL, and what URL parsers silently remove.
// deno-lint-ignore no-control-regex
const hostBreaker = /[\x00-\x20\x7f/\\?#@:]/;
const ipv6Literal = /^[0-9a-f:.]+$/i;
const ipv6WithZone = /^([0-9a-f:.]*:[0-9a-f:.]*)%[^%[\]/\\\s]+$/i;
const nameLabel = /^[a-z0-9_-]+$/;

/** Takes a zone such as `%eth0` off a bare IPv6 address; any other text is returned as it is. */
export function withoutZone(text: string): string {
  return ipv6WithZone.exec(text)?.[1] ?? text;
}

/**
 * The host as the WHATWG URL Standard's host parser gives it, IPv6 without brackets, or null where
 * that fails. Bare IPv6 is accepted too. https://url.spec.whatwg.org/#concept-host-parser
 */
export function whatwgHost(text: string): string | null {
  if (text.length > maxTextLength) return null;
  let host = text;
  if (text.startsWith("[")) {
    if (!text.endsWith("]") || !ipv6Literal.test(text.slice(1, -1))) return null;
  } else if (text.includes(":") && ipv6Literal.test(text)) {
    host = `[${text}]`;
  } else if (hostBreaker.test(text)) {
    return null;
  }
  const url = URL.parse(`http://${host}/`);
  if (url === null || url.hostname === "") return null;
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

function invalid(reason: HostErrorReason, message: string): Host {
  return { kind: "invalid", reason, message };
}

function explainFailure(text: string): Host {
  if (text === "") return invalid("empty-host", "The host is missing.");
  if (text.startsWith("[") || (text.includes(":") && ipv6Literal.test(text))) {
    return invalid("bad-ipv6", "This is not an IPv6 address. Write one such as [2001:db8::1].");
  }
  if (hostBreaker.test(text)) {
    return invalid(
      "forbidden-character",
      "A host holds no spaces, control characters, slashes, colons, or any of ? # @ \\. Write only the name or address.",
    );
  }
  if (/(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(text)) {
    return invalid(
      "bad-ipv4",
      "A host that ends in a number must be an IPv4 address, such as 192.0.2.1.",
    );
  }
  return invalid("bad-name", "This is not a domain name.");
}

/** Checks what DNS asks of a name: labels of 1 to 63 characters, 253 in all. */
function checkName(whatwgName: string): Host {
  const name = whatwgName.endsWith(".") ? whatwgName.slice(0, -1) : whatwgName;
  if (name === "") return invalid("empty-host", "The host is missing.");
  if (name.length > maxNameLength) {
    return invalid("name-too-long", `A name has at most ${maxNameLength} characters.`);
  }
  for (const label of name.split(".")) {
    if (label === "") {
      return invalid("empty-label", "Two dots follow each other, or the name begins with one.");
    }
    if (label.length > maxLabelLength) {
      return invalid(
        "label-too-long",
        `Each part between two dots has at most ${maxLabelLength} characters.`,
      );
    }
    if (!nameLabel.test(label)) {
      return invalid(
        "forbidden-character",
        "A name is made of letters, digits, hyphens, underscores and dots.",
      );
    }
  }
  return { kind: "name", canonical: name };
}

/**
 * Reads a host as a person or an app wrote it, in any spelling that URLs allow: `0x7f.1` is
 * 127.0.0.1, `BÜCHER.example.` is xn--bcher-kva.example. IPv6 may stand in brackets or bare.
 */
export function canonicalHost(text: string): Host {
  if (ipv6WithZone.test(text) || /^\[[^\]]*%[^\]]*\]$/.test(text)) {
    return invalid("zone-id", "An address here has no zone. Leave out the % and what follows it.");
  }
  const canonical = whatwgHost(text);
  if (canonical === null) return explainFailure(text);
  const address = parseIpAddress(canonical);
  if (address === null) return checkName(canonical);
  return { kind: address.family === 4 ? "ipv4" : "ipv6", canonical, address };
}

/**
 * How a canonical name finds its addresses. `localhost` and all below it never go to DNS (RFC 6761,
 * section 6.3), nor do `.onion` names, which only Tor can resolve (RFC 7686, section 2).
 */
export function nameResolution(canonicalName: string): NameResolution {
  if (canonicalName === "localhost" || canonicalName.endsWith(".localhost")) return "loopback";
  if (canonicalName === "onion" || canonicalName.endsWith(".onion")) return "never";
  return "dns";
}
