/** A grant as the app that has it sees it. @module */
import { transportBound } from "../core/transport_bound.ts";
import type { OwnGrant } from "../schema/app_api.ts";
import type { Grant } from "../schema/grant.ts";

/** What an app is told of its grant. */
export function ownGrant(grant: Grant): OwnGrant {
  const { id, effect, capability, target, duration, createdAtMs, expiresAtMs } = grant;
  const bound = transportBound(grant);
  return { id, effect, capability, target, ...bound, duration, createdAtMs, expiresAtMs };
}
