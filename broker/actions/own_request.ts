/** A request as the app that asked it may see it. @module */
import type { OwnRequest } from "../schema/app_api.ts";
import type { AccessRequest } from "../schema/request.ts";

/** The asking app's own view: no counts, no contexts, nothing about the person. */
export function ownRequest(request: AccessRequest): OwnRequest {
  const { id, capability, target, outcome, message, createdAtMs, endedAtMs } = request;
  const state = outcome === null ? "pending" : "ended";
  return { id, capability, target, state, outcome, message, createdAtMs, endedAtMs };
}
