/** Which web origins the broker reads a small file from for an app, and at which addresses. @module */
import { isBadPort } from "./bad_ports.ts";
import { isLoopbackHost } from "./app_origin.ts";
import { isCloudMetadata, locateAddress, type LocatedAddress } from "./address_space.ts";
import { whatwgHost } from "./host.ts";
import { isIntranet, isIntranetAddress } from "./intranet.ts";
import { parseIpAddress } from "./ip_address.ts";
import type { Policy } from "./policy.ts";
import { socketTarget, type Target } from "./target.ts";

/** What vetting looks at besides the URL. */
export interface SiteVetting {
  /** The app's own origin: what it may have read is never less public than itself. */
  readonly appOrigin: string;
  readonly ownAddresses: ReadonlySet<string>;
  /** The ports that the broker itself listens on. */
  readonly brokerPorts: readonly number[];
  readonly policy: Policy;
}

/** How a URL's server is found: by looking its name up, or at an address that it is. Otherwise why it is not read. */
export type VettedSite =
  | { readonly target: Target; readonly address: string | null }
  | { readonly refusal: string };

/**
 * Vets a URL before anything is looked up. A page on the internet can't have the broker look at this machine or at the
 * network around it: loopback is read for apps of loopback alone, a private address for apps that have one themselves.
 */
export function vetSite(url: URL, about: SiteVetting): VettedSite {
  const { hostname, protocol } = url;
  const port = Number(url.port) || (protocol === "https:" ? 443 : 80);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopbackHost(hostname))) {
    return { refusal: "It is not served over https." };
  }
  if (url.username !== "" || url.password !== "") {
    return { refusal: "Its address holds a name or a password." };
  }
  if (isBadPort(port)) return { refusal: "Browsers never fetch from this port." };
  const host = whatwgHost(hostname);
  if (host === null) return { refusal: "Its host is not valid." };
  const target = socketTarget(host, port);
  if (isLoopbackHost(hostname)) {
    const isOwn = isLoopbackHost(new URL(about.appOrigin).hostname);
    if (!isOwn) return { refusal: "It is on this machine, and the app is not." };
    if (about.brokerPorts.includes(port)) return { refusal: "It is Gatehouse itself." };
  }
  return { target, address: parseIpAddress(host) === null ? null : host };
}

/**
 * Vets the addresses that a site has: each of them, as whichever is dialed must be one that was decided on.
 *
 * @returns Why the site is not read; null when it is.
 */
export function vetSiteAddresses(
  target: Target,
  addresses: readonly string[],
  { appOrigin, ownAddresses, brokerPorts, policy }: SiteVetting,
): string | null {
  const app = spaceOfOrigin(appOrigin);
  const isName = target.host.kind === "name";
  const isLoopbackName = isName && isLoopbackHost(target.host.name);
  for (const text of addresses) {
    const located = locateAddress(text, ownAddresses);
    const { canonical, space } = located.classification;
    if (canonical === null || space === "refused" || isCloudMetadata(canonical)) {
      return "Its address is reserved.";
    }
    if (brokerPorts.includes(target.ports.first) && ownAddresses.has(canonical)) {
      return "It is Gatehouse itself.";
    }
    if (space === "public") continue;
    if (space === "loopback") {
      // A name of the internet that leads here has been pointed here by somebody.
      if (app === "loopback" && (!isName || isLoopbackName)) continue;
      return "Its address is on this machine.";
    }
    if (isName ? isIntranetSite(policy, target, located) : app !== "public") continue;
    return "Its address is not on the internet.";
  }
  return null;
}

function isIntranetSite(policy: Policy, target: Target, { address }: LocatedAddress): boolean {
  return isIntranet(policy, target) || (address !== null && isIntranetAddress(policy, address));
}

/** Where an app's own origin lies: public unless its host is loopback, or an address that is not. */
function spaceOfOrigin(origin: string): "public" | "local" | "loopback" {
  const { hostname } = new URL(origin);
  if (isLoopbackHost(hostname)) return "loopback";
  const host = whatwgHost(hostname);
  if (host === null || parseIpAddress(host) === null) return "public";
  const { space } = locateAddress(host, new Set()).classification;
  return space === "local" || space === "loopback" ? space : "public";
}
