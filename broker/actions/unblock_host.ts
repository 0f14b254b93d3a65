/** Unblocking a host: what apps were granted there holds again. @module */
import { readBlockedHost } from "../core/blocked_host.ts";
import type { BlockedHost } from "../schema/blocked_host.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Unblocks a host.
 *
 * @param text The host, in any spelling.
 * @throws ActionError `not-found` when it is not blocked.
 */
export function unblockHost(broker: Broker, text: string): Promise<BlockedHost> {
  const read = readBlockedHost(text);
  const id = "host" in read ? read.host : text;
  return transact<BlockedHost>(broker, () => {
    const stored = broker.store.get("blockedHost", id);
    if (!stored) throw new ActionError("not-found", "This host is not blocked.");
    return {
      batch: {
        checks: [{ noun: "blockedHost", id, version: stored.version }],
        removals: [{ noun: "blockedHost", id }],
        history: [historyDraft(broker, "host-unblocked", "person", {
          message: `Unblocked ${id}. What apps were allowed there holds again.`,
          detail: { host: id },
        })],
      },
      result: stored.record,
    };
  });
}
