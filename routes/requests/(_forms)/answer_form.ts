/** What a card's plain form says, done by the same actions as a live card, and where to go from there. @module */
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { findPendingRequest } from "../../../broker/actions/find_pending_request.ts";
import type { Broker } from "../../../broker/actions/ports.ts";
import { postponeRequest } from "../../../broker/actions/postpone_request.ts";
import { requestView } from "../../../broker/actions/request_view.ts";
import { silenceApp } from "../../../broker/actions/silence_app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { RequestId } from "../../../broker/schema/ids.ts";
import { type AnswerChoice, chosenAnswer } from "../../../components/chosen_answer.ts";
import {
  defaultDuration,
  durationChoices,
  isDurationChoice,
} from "../../../components/duration_text.ts";
import { text } from "../../../components/text.ts";
import { endOfDayMs } from "../../../components/time_text.ts";

/** What the page is to ask or say, from its query: a second step for a broad answer, or why the last try failed. */
export interface Question {
  readonly confirm: boolean;
  readonly choice: AnswerChoice | null;
  readonly problem: string | null;
}

const denials: Readonly<Record<string, Duration>> = {
  "deny": { kind: "once" },
  "deny-10-minutes": durationChoices["10-minutes"],
  "deny-1-hour": durationChoices["1-hour"],
  "deny-always": durationChoices.always,
};

/** Reads a page's query. */
export function readQuestion(query: URLSearchParams): Question {
  return {
    confirm: query.has("confirm"),
    choice: query.has("target") ? readChoice(query) : null,
    problem: query.get("problem"),
  };
}

/**
 * Does what the form says.
 *
 * @returns The path to go on to: the list, this page with its second step, or this page with what went wrong.
 */
export async function answerByForm(
  broker: Broker,
  id: RequestId,
  form: URLSearchParams,
): Promise<string> {
  try {
    return await perform(broker, id, form);
  } catch (fault) {
    if (!(fault instanceof ActionError)) throw fault;
    return `/requests/${id}?${new URLSearchParams({ problem: fault.detail })}`;
  }
}

async function perform(broker: Broker, id: RequestId, form: URLSearchParams): Promise<string> {
  const view = requestView(broker, findPendingRequest(broker, id).record);
  const act = form.get("act") ?? "";
  const reviewToken = form.get("reviewToken") ?? "";
  const nowMs = broker.clock.nowMs();
  const denial = denials[act];
  if (denial !== undefined) {
    await answerRequest(broker, id, { effect: "deny", duration: denial, reviewToken });
    return "/?done=denied";
  }
  const choice = readChoice(form);
  const longestMs = broker.policy.current().durations.longestMs;
  switch (act) {
    case "deny-chosen": {
      const { duration } = chosenAnswer(view, choice, { nowMs, longestMs: null });
      await answerRequest(broker, id, { effect: "deny", duration: written(duration), reviewToken });
      return "/?done=denied";
    }
    case "allow": {
      const { target, broad, ...chosen } = chosenAnswer(view, choice, { nowMs, longestMs });
      const duration = written(chosen.duration);
      const { budget } = chosen;
      if (budget === undefined) throw new ActionError("invalid-body", text.preview.noLimit);
      if (broad.length > 0 && form.get("confirmed") !== "yes") {
        return `/requests/${id}?${new URLSearchParams({ ...choice, confirm: "" })}`;
      }
      const limited = { duration, reviewToken, ...(budget && { budget }) };
      await answerRequest(broker, id, { effect: "allow", target, ...limited });
      return "/?done=allowed";
    }
    case "later":
      await postponeRequest(broker, id);
      return "/?done=later";
    case "silence-1-hour":
      await silenceApp(broker, view.appId, { untilMs: nowMs + 3_600_000 });
      return "/?done=silenced";
    case "silence-today":
      await silenceApp(broker, view.appId, { untilMs: endOfDayMs(nowMs) });
      return "/?done=silenced";
    case "silence":
      await silenceApp(broker, view.appId, { untilMs: null });
      return "/?done=silenced";
    default:
      return `/requests/${id}`;
  }
}

/** @throws ActionError `duration-not-allowed` while there is no time to hold until. */
function written(duration: Duration | null): Duration {
  if (duration) return duration;
  throw new ActionError("duration-not-allowed", text.preview.noTime);
}

function readChoice(fields: URLSearchParams): AnswerChoice {
  const duration = fields.get("duration");
  return {
    target: fields.get("target") ?? "",
    custom: fields.get("custom")?.trim() ?? "",
    duration: isDurationChoice(duration) ? duration : defaultDuration,
    until: fields.get("until") ?? "",
    megabytes: fields.get("megabytes") ?? "",
    connections: fields.get("connections") ?? "",
    idleMinutes: fields.get("idleMinutes") ?? "",
  };
}
