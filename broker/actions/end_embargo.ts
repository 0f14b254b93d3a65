/** Ending embargoes: by the person, and by time. @module */
import { isEmbargoed } from "../core/quieting.ts";
import type { Embargo } from "../schema/embargo.ts";
import type { EmbargoId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

const maxAtOnce = 400;

/**
 * Lets a question be put again, for the person; what was counted of it is forgotten.
 *
 * @throws ActionError `not-found` when it is not under embargo.
 */
export function endEmbargo(broker: Broker, id: EmbargoId): Promise<Embargo> {
  return transact(broker, () => {
    const stored = broker.store.get("embargo", id);
    if (!stored || !isEmbargoed(stored.record, broker.clock.nowMs())) {
      throw new ActionError("not-found", "This question may be asked already.");
    }
    const { record, version } = stored;
    return {
      batch: {
        checks: [{ noun: "embargo", id, version }],
        removals: [{ noun: "embargo", id }],
        history: [historyDraft(broker, "embargo-ended", "person", {
          app: broker.store.get("app", record.appId)?.record,
          capability: record.capability,
          target: record.target,
          message: `${record.target} may be asked for again.`,
          detail: { embargoId: id },
        })],
      },
      result: record,
    };
  });
}

/** Takes out the embargoes whose time is up. */
export async function endExpiredEmbargoes(broker: Broker): Promise<void> {
  const due = () => {
    const nowMs = broker.clock.nowMs();
    return [...broker.store.list("embargo")].filter((embargo) =>
      embargo.untilMs !== null && !isEmbargoed(embargo, nowMs)
    );
  };
  while (due().length > 0) {
    await transact<void>(broker, () => {
      const part = due().slice(0, maxAtOnce);
      return {
        batch: {
          checks: part.map(({ id }) => ({
            noun: "embargo",
            id,
            version: broker.store.get("embargo", id)?.version ?? null,
          })),
          removals: part.map(({ id }) => ({ noun: "embargo", id })),
        },
        result: undefined,
      };
    });
  }
}
