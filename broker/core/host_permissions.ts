/** Sites as the Permissions API of extensions names them: read, and held against what an app declares. @module */
import type { AppHosts } from "./app_hosts.ts";
import { isListed } from "./app_hosts.ts";
import { type MatchPattern, MatchPatternError, parseMatchPattern } from "./match_pattern.ts";
import { wholeSite } from "./site_pattern.ts";

/** What an app names: origins as match patterns, and permissions by name. */
export interface NamedPermissions {
  readonly origins: readonly string[];
  readonly permissions: readonly string[];
}

/** What is wrong with a call, in Chrome's words, and where (RFC 6901). */
export interface PermissionFault {
  readonly pointer: string;
  readonly detail: string;
}

/** The patterns of the origins, their paths not used; or what is wrong with them. */
export type ReadPermissions = { readonly patterns: readonly MatchPattern[] } | PermissionFault;

/**
 * Reads what is named. The broker has no permissions by name: other capabilities than access to sites have an API of
 * their own.
 */
export function readPermissions({ origins, permissions }: NamedPermissions): ReadPermissions {
  const [name] = permissions;
  if (name !== undefined) {
    return { pointer: "/permissions/0", detail: `'${name}' is not a recognized permission.` };
  }
  const patterns: MatchPattern[] = [];
  for (const [index, text] of origins.entries()) {
    try {
      patterns.push(wholeSite(parseMatchPattern(text)));
    } catch (fault) {
      if (!(fault instanceof MatchPatternError)) throw fault;
      return {
        pointer: `/origins/${index}`,
        detail: `Invalid value for origin pattern ${text}: ${fault.chromeMessage}`,
      };
    }
  }
  return { patterns };
}

/**
 * What keeps an app from asking for these, or from giving them back: it may do so for what it declares. An app that
 * declares no sites has nothing to be measured by.
 */
export function unlistedFault(
  { all }: AppHosts,
  patterns: readonly MatchPattern[],
): PermissionFault | null {
  if (all.length === 0) return null;
  const index = patterns.findIndex((pattern) => !isListed(all, pattern));
  return index < 0 ? null : {
    pointer: `/origins/${index}`,
    detail: "Only permissions specified in the manifest may be requested.",
  };
}

/** What keeps an app from giving these back: the sites that it is for are the person's to withhold. */
export function requiredFault(
  { required }: AppHosts,
  patterns: readonly MatchPattern[],
): PermissionFault | null {
  const index = patterns.findIndex((pattern) => isListed(required, pattern));
  return index < 0 ? null : {
    pointer: `/origins/${index}`,
    detail: "You cannot remove required permissions.",
  };
}
