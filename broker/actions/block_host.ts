/** Blocking a host: no app reaches it any more, whatever it was granted. @module */
import { readBlockedHost } from "../core/blocked_host.ts";
import { type BlockedHost, maxBlockedHosts } from "../schema/blocked_host.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Blocks a host for all apps. The review that follows every change closes what is open to it. Blocking one that is blocked
 * changes nothing.
 *
 * @throws ActionError `invalid-body` for a text that names no host, `queue-full` when 1,000 are blocked already.
 */
export function blockHost(broker: Broker, text: string): Promise<BlockedHost> {
  const read = readBlockedHost(text);
  if ("fault" in read) {
    const errors = [{ pointer: "/host", detail: read.fault }];
    throw new ActionError("invalid-body", `/host: ${read.fault}`, { errors });
  }
  const id = read.host;
  return transact<BlockedHost>(broker, () => {
    const known = broker.store.get("blockedHost", id);
    if (known) return { batch: null, result: known.record };
    if ([...broker.store.list("blockedHost")].length >= maxBlockedHosts) {
      throw new ActionError(
        "queue-full",
        `${maxBlockedHosts} hosts are blocked already. Unblock one, under Permissions.`,
      );
    }
    const record: BlockedHost = { v: 1, id, createdAtMs: broker.clock.nowMs() };
    const message =
      `Blocked ${id} for all apps. What they were allowed there is kept, and does nothing.`;
    return {
      batch: {
        checks: [{ noun: "blockedHost", id, version: null }],
        puts: [{ noun: "blockedHost", id, record }],
        history: [
          historyDraft(broker, "host-blocked", "person", { message, detail: { host: id } }),
        ],
      },
      result: record,
    };
  });
}
