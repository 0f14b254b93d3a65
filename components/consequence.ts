/** What allowing would mean: at most two lines on a card, and one line a reason why a target is broad. @module */
import type { BroadReason, RequestView } from "../broker/schema/dashboard.ts";
import { text } from "./text.ts";

/** What the consequence of a request depends on. */
export type Consequential = Pick<RequestView, "capability" | "secureTransport" | "space">;

/** What allowing a request means, by its capability and by where its address lies. One or two lines. */
export function consequences({ capability, secureTransport, space }: Consequential): string[] {
  const lines = text.consequence;
  const first: Record<Consequential["capability"], string> = {
    "host-access": lines.hostAccess,
    "tcp-connect": secureTransport ? lines.tcpEncrypted : lines.tcp,
    "tcp-listen": lines.tcpListen,
    "udp-send": lines.udpSend,
    "udp-bind": lines.udpBind,
    "udp-multicast": lines.udpMulticast,
    "network-info": lines.networkInfo,
  };
  const result = [first[capability]];
  if (space === "local") result.push(lines.local);
  if (space === "loopback") result.push(lines.loopback);
  return result;
}

/** What follows from a broad target, a line for each reason, in the order given. */
export function broadConsequences(reasons: readonly BroadReason[]): string[] {
  return [...new Set(reasons)].map((reason) => text.broad.reasons[reason]);
}
