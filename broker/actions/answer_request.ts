/** Answering: the person allows or denies what was shown, and nothing wider. @module */
import { coversCapabilityTarget, parseCapabilityTarget } from "../core/capability_target.ts";
import { decide } from "../core/decide.ts";
import { namedPlace } from "../core/unaddressed.ts";
import { durationFault, expiresAtMs } from "../core/expiry.ts";
import { answeredBound } from "../core/transport_bound.ts";
import type { AnswerBody } from "../schema/admin_api.ts";
import type { AnswerResult } from "../schema/dashboard.ts";
import type { Grant } from "../schema/grant.ts";
import type { RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import { type Ending, endRequest } from "./end_request.ts";
import { findEmbargo } from "./find_embargo.ts";
import { grantedSpaces } from "./granted_spaces.ts";
import { findPendingRequest } from "./find_pending_request.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker, Removal } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { reviewToken } from "./review_token.ts";
import { transact } from "./transact.ts";

/**
 * Ends a request with the person's answer and stores it as a grant, in one commit: of two answers one wins. Denying
 * `once` leaves no grant. Any answer ends what was counted of the question being put off. Where policy or a protection has come to forbid it meanwhile, the request ends as
 * `blocked-by-policy` or `denied`, and nothing is granted.
 *
 * @throws ActionError `not-found`, `request-ended`, `stale-review` (what was shown has changed), `target-widened`,
 * `duration-not-allowed`, `invalid-body` (the target can't be read).
 */
export async function answerRequest(
  broker: Broker,
  id: RequestId,
  answer: AnswerBody,
): Promise<AnswerResult> {
  const { request, grant } = await transact<Pick<AnswerResult, "request" | "grant">>(broker, () => {
    const stored = findPendingRequest(broker, id);
    if (reviewToken(broker, stored.record) !== answer.reviewToken) {
      throw new ActionError(
        "stale-review",
        "This changed while you were reading. Look at it again, then answer.",
      );
    }
    const target = narrowedTarget(stored.record, answer.target);
    if (stored.record.unaddressed) requirePlace(answer, target);
    const grant = newGrant(broker, stored.record, target, answer);
    const forbidden = answer.effect === "allow"
      ? whyForbidden(broker, stored.record, target)
      : null;
    const { request, batch } = endRequest(
      broker,
      stored,
      forbidden ?? ending(answer, target, grant),
    );
    const kept = forbidden ? null : grant;
    const counted = findEmbargo(broker, stored.record);
    const removals: Removal[] = counted ? [{ noun: "embargo", id: counted.record.id }] : [];
    if (!kept) return { batch: { ...batch, removals }, result: { request, grant: null } };
    return {
      batch: {
        removals,
        checks: [...batch.checks, { noun: "grant", id: kept.id, version: null }],
        puts: [...batch.puts, { noun: "grant", id: kept.id, record: kept }],
        history: [
          ...batch.history,
          historyDraft(broker, "grant-created", "person", {
            app: broker.store.get("app", kept.appId)?.record,
            capability: kept.capability,
            target: kept.target,
            message: `${kept.effect === "allow" ? "Allowed" : "Denied"} ${kept.target}.`,
            detail: { grant: kept },
          }),
        ],
      },
      result: { request, grant: kept },
    };
  });
  const { appId, capability, target, secureTransport, serverName } = request;
  const subject = { appId, capability, target, secureTransport, serverName };
  return { request, grant, decision: decide(questionFor(broker, subject)) };
}

function narrowedTarget(request: AccessRequest, text: string | undefined): string {
  if (text === undefined) return request.target;
  try {
    const narrowed = parseCapabilityTarget(request.capability, text);
    if (
      coversCapabilityTarget(parseCapabilityTarget(request.capability, request.target), narrowed)
    ) {
      return narrowed.text;
    }
  } catch (fault) {
    const detail = fault instanceof Error ? fault.message : "This is no target.";
    throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/target", detail }] });
  }
  const detail =
    `An answer may narrow what was asked, never widen it. Stay within ${request.target}.`;
  throw new ActionError("target-widened", detail, { errors: [{ pointer: "/target", detail }] });
}

/** Only an answer that names one place allows anything; and nothing is denied for longer where no place is named. */
function requirePlace({ effect, duration }: AnswerBody, target: string): void {
  if (effect === "deny" && duration.kind !== "once") {
    const detail = "It names no place that could be denied. Deny it once, or silence the app.";
    const errors = [{ pointer: "/duration", detail }];
    throw new ActionError("duration-not-allowed", detail, { errors });
  }
  if (effect === "deny") return;
  try {
    namedPlace(target);
  } catch (fault) {
    const detail = fault instanceof Error ? fault.message : "This is no target.";
    throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/target", detail }] });
  }
}

function newGrant(
  broker: Broker,
  request: AccessRequest,
  target: string,
  answer: AnswerBody,
): Grant | null {
  const { effect, duration } = answer;
  const nowMs = broker.clock.nowMs();
  const longestMs = effect === "allow" ? broker.policy.current().durations.longestMs : null;
  const fault = durationFault(duration, longestMs, nowMs);
  if (fault !== null) {
    const { pointer, detail } = fault;
    throw new ActionError("duration-not-allowed", detail, { errors: [{ pointer, detail }] });
  }
  if (effect === "deny" && duration.kind === "once") return null;
  return {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect,
    appId: request.appId,
    capability: request.capability,
    target,
    ...answeredBound(effect, request),
    spaces: grantedSpaces(broker, request.capability, target),
    duration,
    createdAtMs: nowMs,
    expiresAtMs: expiresAtMs(duration, nowMs, longestMs),
    requestId: request.id,
    spentBy: null,
    ...(answer.budget && effect === "allow" && { budget: answer.budget }),
  };
}

/** Policy may have changed since the card was drawn: what it, or a protection, now forbids can't be allowed. */
function whyForbidden(
  broker: Broker,
  { appId, capability, target, secureTransport, serverName, unaddressed }: AccessRequest,
  narrowed: string,
): Ending | null {
  const subject = {
    ...{ appId, capability, secureTransport, serverName },
    // Where the person names the place, it is this place that is decided on.
    target: unaddressed ? narrowed : target,
  };
  const { effect, reason, message } = decide(questionFor(broker, subject));
  // A silence or quiet mode keeps cards away; it does not bind the person who answers one all the same.
  const bindsThePerson = effect === "deny" && reason !== "silenced" && reason !== "embargo" &&
    reason !== "quiet" &&
    reason !== "grant-deny";
  if (!bindsThePerson) return null;
  const byPolicy = reason === "policy-deny" || reason === "asking-forbidden";
  return byPolicy
    ? { outcome: "blocked-by-policy", message, actor: "organisation" }
    : { outcome: "denied", message, actor: "broker" };
}

function ending(answer: AnswerBody, target: string, grant: Grant | null): Ending {
  const more = grant === null ? {} : { grantId: grant.id };
  return answer.effect === "allow"
    ? { outcome: "allowed", message: `The person allowed ${target}.`, actor: "person", ...more }
    : { outcome: "denied", message: `The person denied ${target}.`, actor: "person", ...more };
}
