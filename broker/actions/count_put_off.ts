/** Counting what the person did instead of answering. @module */
import { countPutOff, isEmbargoed, type PutOff } from "../core/quieting.ts";
import type { Embargo } from "../schema/embargo.ts";
import { settingsView } from "./change_settings.ts";
import { type CountedQuestion, embargoIdOf } from "./find_embargo.ts";
import { historyDraft } from "./history_draft.ts";
import type { Batch, Broker } from "./ports.ts";

/** The part of a batch that counts a request as put off; an embargo that begins with it is in the history. */
export function putOff(
  broker: Broker,
  { appId, capability, target }: CountedQuestion,
  kind: PutOff,
): Required<Pick<Batch, "checks" | "puts" | "history">> {
  const nowMs = broker.clock.nowMs();
  const id = embargoIdOf(broker, { appId, capability, target });
  const stored = broker.store.get("embargo", id);
  const before: Embargo = stored?.record ??
    { v: 1, id, appId, capability, target, dismissals: 0, ignores: 0, untilMs: null };
  const record = countPutOff(before, kind, nowMs, settingsView(broker).quieting.value);
  const history = isEmbargoed(record, nowMs)
    ? [historyDraft(broker, "embargo-started", "broker", {
      app: broker.store.get("app", appId)?.record,
      capability,
      target,
      message: `${target} is not asked for during seven days: it was put off too often.`,
      detail: { embargoId: id },
    })]
    : [];
  return {
    checks: [{ noun: "embargo", id, version: stored?.version ?? null }],
    puts: [{ noun: "embargo", id, record }],
    history,
  };
}
