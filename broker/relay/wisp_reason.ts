/** What a Wisp client is told when a session fails or ends: the protocol's own reasons. @module */
import type { SessionError } from "../schema/session.ts";
import { type WispReason, wispReason } from "./wisp_codec.ts";

/** The reason for a session's error; null, which is the other side's FIN, closes as if by agreement. */
export function toWispReason(error: SessionError | null): WispReason {
  switch (error?.code) {
    case undefined:
      return wispReason.voluntary;
    case "denied":
    case "silenced":
    case "withdrawn":
    case "not-installed":
    case "permission-ended":
    case "closed-by-person":
      return wispReason.blocked;
    case "limited":
      return wispReason.throttled;
    case "invalid-target":
    case "protocol-error":
      return wispReason.invalid;
    case "name-not-resolved":
    case "unreachable":
      return wispReason.unreachable;
    case "connection-refused":
      return wispReason.refused;
    case "connection-timed-out":
      return error?.phase === "transfer" ? wispReason.transferTimeout : wispReason.connectTimeout;
    case "idle-timeout":
      return wispReason.transferTimeout;
    case "connection-reset":
    case "message-too-big":
      return wispReason.networkError;
    default:
      return wispReason.unknown;
  }
}
