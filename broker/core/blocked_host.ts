/** Blocked hosts: which host a person means, and which targets lead to one. @module */
import type { CapabilityTarget } from "./capability_target.ts";
import { canonicalHost } from "./host.ts";

/** A host that can be blocked, or why a text names none. */
export type ReadBlockedHost = { readonly host: string } | { readonly fault: string };

/**
 * Reads a host as a person writes it: a name, or one address. IPv6 comes out in brackets, as it stands in URLs.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readBlockedHost("Example.COM."), { host: "example.com" });
 * assert.deepEqual(readBlockedHost("::1"), { host: "[::1]" });
 * ```
 */
export function readBlockedHost(text: string): ReadBlockedHost {
  const host = canonicalHost(text);
  if (host.kind === "invalid") return { fault: host.message };
  return { host: host.kind === "ipv6" ? `[${host.canonical}]` : host.canonical };
}

/** The one host that a target names, in the same form; null for one that names several, or none. */
export function namedHost(target: CapabilityTarget): string | null {
  switch (target.kind) {
    case "whole":
      return null;
    case "pattern": {
      const { host } = target.pattern;
      return host.kind === "exact" ? host.name : null;
    }
    case "socket": {
      // `*.example.com` and ranges name no single host, and no host that can be blocked is spelt like them.
      const { text } = target;
      return text.slice(0, text.lastIndexOf(":"));
    }
  }
}
