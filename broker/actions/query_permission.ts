/** Asking about a permission without asking for it. @module */
import { decide } from "../core/decide.ts";
import type { App } from "../schema/app.ts";
import type { PermissionDescriptor, PermissionState } from "../schema/app_api.ts";
import type { Decision, Effect } from "../schema/decision.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** The Permissions API's word for each effect (W3C Permissions, section 3.1). */
export const permissionStates: Record<Effect, PermissionState> = {
  allow: "granted",
  deny: "denied",
  ask: "prompt",
};

/** What would be decided for this app now. Nothing is stored, shown or looked up. */
export function queryPermission(
  broker: Broker,
  app: App,
  descriptor: Pick<PermissionDescriptor, "capability" | "target"> & Partial<PermissionDescriptor>,
): Decision {
  return decide(questionFor(broker, { appId: app.id, ...descriptor }));
}
