/** Uninstalling: an app's permissions, connections, requests and tokens end; its history stays. @module */
import type { RevokeResult } from "../schema/dashboard.ts";
import type { AppId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker, Removal } from "./ports.ts";
import { revokeGrants } from "./revoke_grants.ts";
import { transact } from "./transact.ts";

const maxAtOnce = 400;

/**
 * Removes an app and everything that is held about it but the history. Refusing an installation card is the same act.
 *
 * @throws ActionError `not-found`.
 */
export async function uninstallApp(
  broker: Broker,
  appId: AppId,
  actor: "person" | "app",
): Promise<RevokeResult> {
  const result: RevokeResult = { revoked: [], closedSessions: [] };
  let grants = broker.store.grantsOf(appId).all;
  while (grants.length > 0) {
    const part = await revokeGrants(broker, grants.slice(0, maxAtOnce).map((grant) => grant.id));
    result.revoked.push(...part.revoked);
    result.closedSessions.push(...part.closedSessions);
    grants = broker.store.grantsOf(appId).all;
  }
  const openBefore = [...broker.sessions.list()].filter(({ session }) => session.appId === appId);
  await transact<void>(broker, () => {
    const stored = broker.store.get("app", appId);
    if (!stored) {
      throw new ActionError("not-found", "There is no such app; it may have been uninstalled.");
    }
    const app = stored.record;
    const refused = app.state === "pending-installation";
    const message = refused
      ? `Refused to install ${app.claims.name}.`
      : `Uninstalled ${app.claims.name}.`;
    return {
      batch: {
        checks: [{ noun: "app", id: appId, version: stored.version }],
        removals: [
          { noun: "app", id: appId },
          ...requestsOf(broker, appId).slice(0, maxAtOnce).map(removal),
          ...embargoesOf(broker, appId).slice(0, maxAtOnce),
        ],
        history: [
          historyDraft(broker, refused ? "app-refused" : "app-uninstalled", actor, {
            app,
            message,
          }),
        ],
      },
      result: undefined,
    };
  });
  result.closedSessions.push(...openBefore.map(({ session }) => session.id));
  return result;
}

function requestsOf(broker: Broker, appId: AppId): AccessRequest[] {
  return [...broker.store.list("request")].filter((request) => request.appId === appId);
}

function embargoesOf(broker: Broker, appId: AppId): Removal[] {
  return [...broker.store.list("embargo")].filter((embargo) => embargo.appId === appId)
    .map(({ id }) => ({ noun: "embargo", id }));
}

function removal(request: AccessRequest): Removal {
  return { noun: "request", id: request.id };
}
