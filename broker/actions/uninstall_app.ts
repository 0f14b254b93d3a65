/** Uninstalling: an app's permissions, connections, requests and tokens end; its history stays. @module */
import type { RevokeResult } from "../schema/dashboard.ts";
import type { Grant } from "../schema/grant.ts";
import type { AppId, GrantId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import { grantEnding } from "./grant_ending.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker, Removal } from "./ports.ts";
import { transact } from "./transact.ts";

// The store takes 1,000 changes and 700 KiB in one commit: this many grants, each with a line of history that holds it whole, and so much of the rest.
const maxGrantsAtOnce = 100;
const maxAtOnce = 250;

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
  const revoked: GrantId[] = [];
  const openBefore = [...broker.sessions.list()].filter(({ session }) => session.appId === appId);
  // Whether anything is left is asked in the commit that removes the app: a permission that is given meanwhile, and stayed,
  // would hold again when the app comes back under its id.
  while (!(await removeNext(broker, appId, actor, revoked)));
  return { revoked, closedSessions: openBefore.map(({ session }) => session.id) };
}

/** Removes as many grants as fit one commit, and with the last of them the app. @returns Whether those were the last. */
async function removeNext(
  broker: Broker,
  appId: AppId,
  actor: "person" | "app",
  revoked: GrantId[],
): Promise<boolean> {
  const { part, isLast } = await transact<{ part: Grant[]; isLast: boolean }>(broker, () => {
    const stored = broker.store.get("app", appId);
    if (!stored) {
      throw new ActionError("not-found", "There is no such app; it may have been uninstalled.");
    }
    const app = stored.record;
    const grants = broker.store.grantsOf(appId).all;
    const part = grants.slice(0, maxGrantsAtOnce);
    const isLast = part.length === grants.length;
    const removals: Removal[] = part.map(({ id }) => ({ noun: "grant", id }));
    const history = part.map((grant) => grantEnding(broker, grant, "grant-revoked"));
    if (!isLast) return { batch: { removals, history }, result: { part, isLast } };
    const refused = app.state === "pending-installation";
    const message = refused
      ? `Refused to install ${app.claims.name}.`
      : `Uninstalled ${app.claims.name}.`;
    // A page can register and leave at will.
    const told = !refused || actor === "person";
    const end = historyDraft(broker, refused ? "app-refused" : "app-uninstalled", actor, {
      app,
      message,
    });
    return {
      batch: {
        checks: [{ noun: "app", id: appId, version: stored.version }],
        removals: [
          ...removals,
          { noun: "app", id: appId },
          { noun: "manifest", id: appId },
          { noun: "icon", id: appId },
          { noun: "cookieJar", id: appId },
          ...requestsOf(broker, appId).slice(0, maxAtOnce).map(removal),
          ...embargoesOf(broker, appId).slice(0, maxAtOnce),
        ],
        history: told ? [...history, end] : history,
      },
      result: { part, isLast },
    };
  });
  for (const { id } of part) revoked.push(id);
  return isLast;
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
