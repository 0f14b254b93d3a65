/** Finding the host access request that a card is about, as it is shown now. @module */
import type { HostAccessView } from "../schema/dashboard.ts";
import type { HostAccessCardId } from "../schema/host_access.ts";
import { CredentialId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { hostAccessViews } from "./host_access_view.ts";
import type { Broker, HostAccessHolder } from "./ports.ts";

/** A request that is shown: whose it is, on which tab, and its card. */
export interface ShownHostAccess {
  readonly holder: HostAccessHolder;
  readonly tabId: number;
  readonly view: HostAccessView;
}

/**
 * The request of a card.
 *
 * @param reviewToken Stands for what the person saw; null for who did not decide by it.
 * @throws ActionError `request-ended` when it is not shown any more, `stale-review` when it shows something else.
 */
export function findHostAccess(
  broker: Broker,
  id: HostAccessCardId,
  reviewToken: string | null,
): ShownHostAccess {
  const view = hostAccessViews(broker).find((one) => one.id === id);
  if (!view) {
    throw new ActionError(
      "request-ended",
      "This is not asked any more: the tab is not in front, went elsewhere, or was answered.",
    );
  }
  if (reviewToken !== null && reviewToken !== view.reviewToken) {
    throw new ActionError(
      "stale-review",
      "This changed while you were reading. Look at it again, then answer.",
    );
  }
  const [credentialId, tabId] = id.split(".");
  return {
    holder: { appId: view.app.id, credentialId: CredentialId.parse(credentialId) },
    tabId: Number(tabId),
    view,
  };
}
