/** The grant: a stored answer. @module */
import { z } from "zod";
import { AddressSpace } from "./address_space.ts";
import { Budget } from "./budget.ts";
import { Capability } from "./capability.ts";
import { Duration } from "./duration.ts";
import { AppId, GrantId, RequestId, SessionId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** What a grant does: it allows, or it denies. */
export const GrantEffect = z.enum(["allow", "deny"]);
/** What a grant does. */
export type GrantEffect = z.infer<typeof GrantEffect>;

/** Which TCP connections a permission is for, of those to its target. It is for all of them where nothing is said. */
export const TransportBound = z.strictObject({
  /** Encrypted ones alone. */
  secureTransport: z.literal(true).exactOptional(),
  /** Of the encrypted ones those whose server proves this name; where it is absent, the target's own. */
  serverName: z.string().min(1).max(253).exactOptional(),
});
/** Which TCP connections a permission is for. */
export type TransportBound = z.infer<typeof TransportBound>;

/** A grant as it is stored: revoked or spent, never edited. */
export const Grant = z.strictObject({
  v: z.literal(1),
  id: GrantId,
  effect: GrantEffect,
  appId: AppId,
  capability: Capability,
  target: TargetText,
  ...TransportBound.shape,
  /** The address spaces that it reaches. A name reaches `public` only, unless policy calls it intranet. */
  spaces: z.array(AddressSpace).max(4),
  duration: Duration,
  createdAtMs: Instant,
  /** When it ends by the clock; null when time alone does not end it. */
  expiresAtMs: Instant.nullable(),
  /** The request whose answer it is; null when made without one. */
  requestId: RequestId.nullable(),
  /** For `once`: the session that used it up; it then covers that session alone. */
  spentBy: SessionId.nullable(),
  /** How much it allows; absent when it is not bounded. */
  budget: Budget.exactOptional(),
  /** The grant whose place it has taken: one with another limit, or a wider one; absent when it took none. */
  replaces: GrantId.exactOptional(),
});
/** A grant as it is stored. */
export type Grant = z.infer<typeof Grant>;
