/** Targets of every capability under one roof: which grammar a capability's target has, and which target covers which. @module */
import type { Capability } from "../schema/capability.ts";
import {
  containsPattern,
  containsPatternHost,
  type MatchPattern,
  parseMatchPattern,
} from "./match_pattern.ts";
import { coversHost, coversTarget, parseTarget, type Target } from "./target.ts";

/** A target that has been read, in the grammar of its capability. */
export type CapabilityTarget =
  | { readonly kind: "socket"; readonly text: string; readonly socket: Target }
  | { readonly kind: "pattern"; readonly text: string; readonly pattern: MatchPattern }
  | { readonly kind: "whole"; readonly text: "*" };

/** Thrown when `network-info` is asked with a target other than `*`. */
export class WholeTargetError extends Error {
  override name = "WholeTargetError";
}

/**
 * Reads a target: `host:port` for sockets, a match pattern for `host-access`, `*` for `network-info`.
 *
 * @throws TargetError, MatchPatternError or WholeTargetError; each message says how to mend the text.
 */
export function parseCapabilityTarget(capability: Capability, text: string): CapabilityTarget {
  switch (capability) {
    case "host-access": {
      const pattern = parseMatchPattern(text);
      return { kind: "pattern", text: pattern.text, pattern };
    }
    case "network-info":
      if (text !== "*") throw new WholeTargetError("Network facts have no target. Write *.");
      return { kind: "whole", text: "*" };
    default: {
      const socket = parseTarget(text);
      return { kind: "socket", text: socket.text, socket };
    }
  }
}

/** Whether everything that `inner` stands for is in `outer` too; never across grammars. */
export function coversCapabilityTarget(outer: CapabilityTarget, inner: CapabilityTarget): boolean {
  if (outer.kind === "socket" && inner.kind === "socket") {
    return coversTarget(outer.socket, inner.socket);
  }
  if (outer.kind === "pattern" && inner.kind === "pattern") {
    return containsPattern(outer.pattern, inner.pattern);
  }
  return outer.kind === "whole" && inner.kind === "whole";
}

/** Whether the host of `outer` covers that of `inner`, whatever their ports and paths. */
export function coversHostOf(outer: CapabilityTarget, inner: CapabilityTarget): boolean {
  if (outer.kind === "socket" && inner.kind === "socket") {
    return coversHost(outer.socket.host, inner.socket.host);
  }
  if (outer.kind === "pattern" && inner.kind === "pattern") {
    return containsPatternHost(outer.pattern.host, inner.pattern.host);
  }
  return outer.kind === "whole" && inner.kind === "whole";
}
