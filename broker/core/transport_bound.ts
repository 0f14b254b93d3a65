/** Which TCP connections a permission is for: what an answer binds it to, and what is carried over with it. @module */
import type { Capability } from "../schema/capability.ts";
import type { GrantEffect, TransportBound } from "../schema/grant.ts";

/** What a permission, or a file's copy of one, is bound to. */
export function transportBound({ secureTransport, serverName }: TransportBound): TransportBound {
  return {
    ...(secureTransport && { secureTransport }),
    ...(serverName !== undefined && { serverName }),
  };
}

/** A question that is answered. */
export interface AnsweredTransport {
  readonly capability: Capability;
  readonly secureTransport: boolean;
  readonly serverName?: string;
}

/**
 * What the answer to a question binds its permission to. Who allows an encrypted connection has not allowed a plain one; who
 * allows a plain one has allowed anything to pass. Who denies one of them denies both: a Deny is never narrower than it
 * looks.
 */
export function answeredBound(
  effect: GrantEffect,
  { capability, secureTransport, serverName }: AnsweredTransport,
): TransportBound {
  if (effect === "deny" || capability !== "tcp-connect" || !secureTransport) return {};
  return { secureTransport: true, ...(serverName !== undefined && { serverName }) };
}
