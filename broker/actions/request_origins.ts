/** Asking for access to sites that an app declares: `permissions.request()`. @module */
import { unlistedFault } from "../core/host_permissions.ts";
import type { App } from "../schema/app.ts";
import type { PermissionState, RequestOriginsBody } from "../schema/app_api.ts";
import type { Decision } from "../schema/decision.ts";
import type { AccessRequest } from "../schema/request.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import { ActionError } from "./action_error.ts";
import { askPermission } from "./ask_permission.ts";
import { containsHosts } from "./contains_hosts.ts";
import type { Broker } from "./ports.ts";
import { readHostPermissions } from "./read_host_permissions.ts";

/** How the sites stand together, and what is asked of the person. */
export interface AskedOrigins {
  /** `granted` when every site is, `denied` as soon as one is, else `prompt`. */
  readonly state: PermissionState;
  readonly requests: readonly AccessRequest[];
}

/**
 * Asks the person for each site that the app has no access to yet. What is granted already is not asked again.
 *
 * @throws ActionError `invalid-body`, in Chrome's words, for what is no match pattern, not declared, or forbidden by policy.
 */
export async function requestOrigins(
  broker: Broker,
  app: App,
  body: RequestOriginsBody,
): Promise<AskedOrigins> {
  const hosts = appHostsOf(broker, app);
  const patterns = readHostPermissions(body, (patterns) => unlistedFault(hosts, patterns));
  const requests: AccessRequest[] = [];
  for (const { text: target } of patterns) {
    if (containsHosts(broker, app, { origins: [target], permissions: [] })) continue;
    const { decision, request } = await askPermission(broker, app, {
      capability: "host-access",
      target,
      reason: body.reason ?? null,
      userActivation: body.userActivation,
      secureTransport: false,
      contextId: null,
      frame: body.frame,
    });
    refuseByPolicy(decision);
    if (decision.effect === "deny") return { state: "denied", requests };
    if (request) requests.push(request);
  }
  return { state: requests.length === 0 ? "granted" : "prompt", requests };
}

function refuseByPolicy({ reason }: Decision): void {
  if (reason !== "policy-deny" && reason !== "asking-forbidden") return;
  const detail = "Permissions are blocked by enterprise policy.";
  throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/origins", detail }] });
}
