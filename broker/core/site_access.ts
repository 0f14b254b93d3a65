/** Site access: on which sites an app may act without being asked about each, and what it takes to change that. @module */
import type { Grant } from "../schema/grant.ts";
import type { SiteAccessMode, SiteAccessWish } from "../schema/site_access.ts";
import { type AppHosts, isListed } from "./app_hosts.ts";
import { isLiveGrant } from "./grant_match.ts";
import { readPattern } from "./host_access_tab.ts";
import { containsPattern, type MatchPattern } from "./match_pattern.ts";
import { wholeSite } from "./site_pattern.ts";

/** How an app stands with sites. */
export interface SiteAccess {
  readonly mode: SiteAccessMode;
  /** The patterns that it may act on lastingly, oldest first. */
  readonly sites: readonly string[];
}

/** What is to be changed, or what is wrong with the wish and where (RFC 6901). */
export type SiteAccessPlan =
  | { readonly revoke: readonly Grant[]; readonly allow: readonly string[] }
  | { readonly pointer: string; readonly detail: string };

/** What is allowed of sites for longer than once, or than the app is open. */
function isLasting({ duration }: Grant): boolean {
  return duration.kind !== "once" && duration.kind !== "until-app-closes";
}

function siteGrants(grants: readonly Grant[], nowMs: number): Grant[] {
  return grants.filter((grant) =>
    grant.capability === "host-access" && grant.effect === "allow" &&
    isLiveGrant(grant, nowMs, null)
  );
}

/**
 * Computed from the app's grants, as Chrome does it: on all sites when every declared one is granted, on click when none
 * lasts, else on these sites.
 */
export function siteAccess(hosts: AppHosts, grants: readonly Grant[], nowMs: number): SiteAccess {
  const sites = [
    ...new Set(siteGrants(grants, nowMs).filter(isLasting).map(({ target }) => target)),
  ];
  const patterns = sites.flatMap((site) => readPattern(site) ?? []);
  const covers = (declared: MatchPattern) =>
    patterns.some((pattern) => containsPattern(pattern, declared));
  const all = hosts.all.length > 0
    ? hosts.all.every(covers)
    : patterns.some(({ host }) => host.kind === "any");
  return { mode: sites.length === 0 ? "on-click" : all ? "on-all-sites" : "on-sites", sites };
}

/**
 * What it takes to bring an app to what the person wishes. *On click* and *on these sites* take back whatever is not
 * wished; *on all sites* takes nothing back.
 */
export function planSiteAccess(
  hosts: AppHosts,
  grants: readonly Grant[],
  wish: SiteAccessWish,
  nowMs: number,
): SiteAccessPlan {
  const current = siteGrants(grants, nowMs);
  const lasting = current.filter(isLasting);
  switch (wish.mode) {
    case "on-click":
      return { revoke: current, allow: [] };
    case "on-all-sites": {
      if (hosts.all.length === 0) {
        return { pointer: "/mode", detail: "The app declares no sites. Name the ones you mean." };
      }
      const patterns = lasting.flatMap(({ target }) => readPattern(target) ?? []);
      const missing = hosts.all.filter((declared) =>
        !patterns.some((pattern) => containsPattern(pattern, declared))
      );
      return { revoke: [], allow: [...new Set(missing.map(({ text }) => text))] };
    }
    case "on-sites": {
      const wished = readSites(hosts, wish.sites);
      if ("detail" in wished) return wished;
      const has = new Set(lasting.map(({ target }) => target));
      return {
        revoke: current.filter(({ target }) => !wished.sites.has(target)),
        allow: [...wished.sites].filter((site) => !has.has(site)),
      };
    }
  }
}

function readSites(
  hosts: AppHosts,
  texts: readonly string[],
): { sites: ReadonlySet<string> } | { pointer: string; detail: string } {
  const sites = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const pointer = `/sites/${index}`;
    const pattern = readPattern(text);
    if (pattern === null) {
      return { pointer, detail: "This is no match pattern. Write one as https://example.com/*." };
    }
    const site = wholeSite(pattern);
    if (hosts.all.length > 0 && !isListed(hosts.all, site)) {
      return { pointer, detail: "The app does not declare this site, so it has no use for it." };
    }
    sites.add(site.text);
  }
  return { sites };
}
