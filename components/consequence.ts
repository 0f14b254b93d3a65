/** What allowing would mean: at most two lines on a card, and one line a reason why a target is broad. @module */
import type { BroadReason, RequestView } from "../broker/schema/dashboard.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";

/** What the consequence of a request depends on. */
export type Consequential = Pick<
  RequestView,
  "capability" | "secureTransport" | "serverName" | "upgradable" | "space" | "target" | "host"
>;

/** What allowing a request means, by its capability and by where the other side is. One or two lines. */
export function consequences(asked: Consequential): string[] {
  const { space } = asked;
  const lines = text.consequence;
  const isHere = space === "loopback";
  const isNear = isHere || space === "local";
  const reached = isHere ? [] : [space === "local" ? lines.listenLocal : lines.listenPublic];
  switch (asked.capability) {
    case "host-access": {
      const isPlain = !isNear && /^(http|ws):/.test(asked.target);
      return [lines.hostAccess, ...(isPlain ? [lines.plainSite] : whereItLies(space))];
    }
    case "tcp-connect": {
      if (asked.secureTransport) return [encryptedLine(asked), ...whereItLies(space)];
      if (asked.upgradable) return [lines.tcpLater, ...whereItLies(space)];
      return [isNear ? lines.tcpNear : lines.tcp, ...whereItLies(space)];
    }
    case "udp-send":
      return [isNear ? lines.udpSendNear : lines.udpSend, ...whereItLies(space)];
    case "tcp-listen":
      return [isHere ? lines.tcpListenHere : lines.tcpListen, ...reached];
    case "udp-bind":
      return [isHere ? lines.udpBindHere : lines.udpBind, ...reached];
    case "udp-multicast":
      return [lines.udpMulticast, lines.multicast];
    case "network-info":
      return [lines.networkInfo, lines.addresses];
  }
}

/** A name in the handshake that is not the host's: a person must know whom the connection really leads to. */
function encryptedLine({ serverName, host }: Consequential): string {
  const lines = text.consequence;
  if (serverName === undefined) return lines.tcpEncrypted;
  const name = plainText(serverName);
  return fillText(lines.tcpEncryptedAs, { name, host: plainText(host ?? "*") });
}

function whereItLies(space: RequestView["space"]): string[] {
  if (space === "local") return [text.consequence.local];
  return space === "loopback" ? [text.consequence.loopback] : [];
}

/** What follows from a broad target, a line for each reason, in the order given. */
export function broadConsequences(reasons: readonly BroadReason[]): string[] {
  return [...new Set(reasons)].map((reason) => text.broad.reasons[reason]);
}
