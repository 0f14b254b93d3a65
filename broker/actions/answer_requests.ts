/** Answering many requests at once: each one that is listed, and no other. @module */
import type { AnswerManyBody, AnswerManyResult } from "../schema/admin_api.ts";
import { ActionError } from "./action_error.ts";
import { answerRequest } from "./answer_request.ts";
import type { Broker } from "./ports.ts";

/**
 * Gives the same answer to every request listed, each for exactly the target that it asks for. Each is one commit: those
 * that have ended or changed meanwhile are told apart, and the others are answered.
 */
export async function answerRequests(
  broker: Broker,
  { effect, duration, requests }: AnswerManyBody,
): Promise<AnswerManyResult> {
  const result: AnswerManyResult = { answered: [], failed: [] };
  for (const { id, reviewToken } of requests) {
    try {
      const answer = { effect, duration, reviewToken };
      result.answered.push(await answerRequest(broker, id, answer));
    } catch (fault) {
      if (!(fault instanceof ActionError)) throw fault;
      result.failed.push({ id, type: fault.type, detail: fault.detail });
    }
  }
  return result;
}
