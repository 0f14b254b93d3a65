/** What can be wrong with the text of a target, and how to mend it. @module */
import type { HostErrorReason } from "./host.ts";

/** Why a text is no target; the closed list. */
export type TargetErrorReason =
  | HostErrorReason
  | "empty-target"
  | "too-long"
  | "looks-like-url"
  | "missing-port"
  | "bad-port"
  | "port-out-of-range"
  | "reversed-port-range"
  | "bad-wildcard"
  | "unbracketed-ipv6"
  | "bad-prefix"
  | "host-bits-set";

/** Thrown for a text that is no target. The message is a sentence that says how to mend it. */
export class TargetError extends Error {
  /** Which rule of the grammar was broken. */
  readonly reason: TargetErrorReason;

  /** Makes the error; `message` is for people. */
  constructor(reason: TargetErrorReason, message: string) {
    super(message);
    this.name = "TargetError";
    this.reason = reason;
  }
}
