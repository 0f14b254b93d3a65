/** Built-in protections: what no person can allow, and no app can talk its way around (design section 11). @module */
import type { DecisionReason } from "../schema/decision.ts";
import { isBadPort } from "./bad_ports.ts";
import { isCloudMetadata, type LocatedAddress } from "./address_space.ts";
import { nameResolution } from "./host.ts";
import { isIntranet, isIntranetAddress } from "./intranet.ts";
import type { Question } from "./question.ts";
import type { ReadQuestion } from "./read_question.ts";
import { isSinglePort, type Target } from "./target.ts";

/** A protection that stands in the way. */
export interface Protection {
  readonly reason: DecisionReason;
  readonly message: string;
}

const listening = new Set(["tcp-listen", "udp-bind"]);

/** The protection that a question runs into, or null. */
export function findProtection(read: ReadQuestion): Protection | null {
  const { question, target, destination } = read;
  if (question.mode === "lockdown") {
    return {
      reason: "lockdown",
      message: "Gatehouse is locked down: nothing is reached until you end it.",
    };
  }
  if (question.inThirdPartyFrame) return frameProtection;
  if (target.kind === "pattern" && target.pattern.port !== null && isBadPort(target.pattern.port)) {
    return portProtection;
  }
  if (destination === null) return null;
  if (listening.has(question.capability)) return listenProtection(question, destination);
  const byName = nameProtection(read, destination);
  if (byName) return byName;
  for (const address of read.addresses) {
    const found = addressProtection(question, destination, address) ??
      (read.isLiteral ? null : resolvedProtection(question, destination, address));
    if (found) return found;
  }
  return question.answersCors ? corsProtection : null;
}

/** A listener that took the broker's place on another address would be taken for it. */
function listenProtection(question: Question, target: Target): Protection | null {
  if (question.capability !== "tcp-listen" || !isBrokerPort(question, target)) return null;
  return { reason: "own-port", message: "No app may listen on a port of Gatehouse itself." };
}

/** Who is embedded does not act for whoever embeds it. */
export const frameProtection: Protection = {
  reason: "third-party-frame",
  message:
    "This app runs inside a page of another site, and that site has not let it use the network.",
};

/** What listens there is no web server, and could be talked into acting on an HTTP request. */
const portProtection: Protection = {
  reason: "bad-port",
  message: "Browsers never fetch from this port, and neither does Gatehouse.",
};

/** A raw socket to a web server that speaks CORS would read what it keeps from the app's origin. */
const corsProtection: Protection = {
  reason: "cors-host",
  message:
    "This web server answers pages by itself (CORS), so a raw socket to it is refused. Use fetch, with access to the site.",
};

/** Holds for every address, whether written out or found by name. */
function addressProtection(
  question: Question,
  target: Target,
  { classification }: LocatedAddress,
): Protection | null {
  const { canonical, class: kind, space } = classification;
  if (canonical !== null && isCloudMetadata(canonical)) {
    return {
      reason: "metadata-address",
      message: "Cloud metadata addresses hand out credentials and are never reached.",
    };
  }
  if (kind === "multicast") {
    return question.capability === "udp-multicast"
      ? null
      : { reason: "multicast-address", message: "Multicast needs the capability udp-multicast." };
  }
  if (kind === "broadcast" || question.broadcastAddresses?.has(canonical ?? "")) {
    return {
      reason: "broadcast-address",
      message: "Broadcast reaches everyone at once and is refused.",
    };
  }
  if (space === "refused") {
    return { reason: "refused-address", message: "This address is reserved and is never reached." };
  }
  if (
    isBrokerPort(question, target) &&
    (space === "loopback" || question.ownAddresses.has(canonical ?? ""))
  ) {
    return { reason: "own-port", message: "No app may connect to Gatehouse itself." };
  }
  return null;
}

function isBrokerPort(question: Question, target: Target): boolean {
  return isSinglePort(target) && question.brokerPorts.includes(target.ports.first);
}

/** A name that is loopback, or that nobody may look up, is refused before it is looked up. */
function nameProtection({ isLiteral }: ReadQuestion, target: Target): Protection | null {
  if (target.host.kind !== "name") return null;
  switch (nameResolution(target.host.name)) {
    case "dns":
      return null;
    case "loopback":
      return isLiteral ? null : {
        reason: "non-public-name",
        message: "This name means this computer. Ask for its address, 127.0.0.1 or [::1], instead.",
      };
    case "never":
      return { reason: "non-public-name", message: "This kind of name is not looked up." };
  }
}

/** A name must have public addresses only, so that DNS can't point it into the person's own network. */
function resolvedProtection(
  question: Question,
  target: Target,
  { classification, address }: LocatedAddress,
): Protection | null {
  if (classification.allowedForHostname) return null;
  const { policy } = question;
  if (classification.space === "local" && address !== null && isIntranet(policy, target)) {
    return null;
  }
  // This computer itself only where the policy names the very block: 127.0.0.0/8.
  const mayBeIntranet = classification.space === "local" || classification.space === "loopback";
  if (mayBeIntranet && address !== null && isIntranetAddress(policy, address)) return null;
  return {
    reason: "non-public-name",
    message:
      "This name leads to an address that is not on the internet. Ask for the address itself instead.",
  };
}
