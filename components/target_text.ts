/** Targets in words, and which of them can be made narrower. @module */
import type { Capability } from "../broker/schema/capability.ts";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { portText } from "./host_text.ts";
import { plainText } from "./plain_text.ts";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";

const ANY_SITE = new Set(["<all_urls>", "*://*/*", "https://*/*", "http://*/*"]);

/** A target as it is shown: plain, and with `*` in words where it stands alone. */
export function targetText(target: string, capability: Capability): string {
  if (capability === "network-info") return text.capability["network-info"];
  if (capability === "host-access") {
    return ANY_SITE.has(target) ? text.host.anySite : plainText(target);
  }
  const colon = target.lastIndexOf(":");
  const host = target.slice(0, colon);
  const port = target.slice(colon + 1);
  const listens = capability === "tcp-listen" || capability === "udp-bind";
  if (listens && ["*", "0.0.0.0", "[::]"].includes(host)) {
    return `${text.host.ownAddresses}, ${portText(port)}`;
  }
  if (host !== "*" && port !== "*") return plainText(target);
  const hostWords = host === "*" ? text.host.any : plainText(host);
  return `${hostWords}, ${portText(port)}`;
}

/** Whether something narrower than what was asked can be written: it holds a wildcard, a range of ports or of addresses. */
export function canBeNarrowed(
  { capability, target }: Pick<RequestView, "capability" | "target">,
): boolean {
  if (capability === "network-info") return false;
  if (capability === "host-access") return /^\*:|^<all_urls>$|:\/\/\*/.test(target);
  return /\*|\/|-\d+$/.test(target);
}

/** The hint under the field for a narrower target. */
export function narrowerHint(asked: Pick<RequestView, "capability" | "target">): string {
  return fillText(text.where.otherHint, { target: plainText(asked.target) });
}
