/** What is counted of a question that the person put off, and the embargo that came of it. @module */
import { parseCapabilityTarget } from "../core/capability_target.ts";
import { isEmbargoed } from "../core/quieting.ts";
import type { Embargo } from "../schema/embargo.ts";
import type { EmbargoId } from "../schema/ids.ts";
import type { Broker, Stored } from "./ports.ts";

/** The question that is counted; its target in canonical form. */
export type CountedQuestion = Pick<Embargo, "appId" | "capability" | "target">;

/** The id under which a question is counted. It follows from the question, so there is one count for each. */
export function embargoIdOf(
  { secrets }: Pick<Broker, "secrets">,
  { appId, capability, target }: CountedQuestion,
): EmbargoId {
  return `emb_${secrets.hash(JSON.stringify([appId, capability, target])).slice(0, 32)}`;
}

/** What is counted of a question, or undefined when it was never put off. */
export function findEmbargo(
  broker: Pick<Broker, "secrets" | "store">,
  question: CountedQuestion,
): Stored<"embargo"> | undefined {
  return broker.store.get("embargo", embargoIdOf(broker, question));
}

/** Whether a question is under embargo; its target as an app writes it. One that can't be read never is. */
export function underEmbargo(
  broker: Pick<Broker, "secrets" | "store" | "clock">,
  question: CountedQuestion,
): boolean {
  let target: string;
  try {
    target = parseCapabilityTarget(question.capability, question.target).text;
  } catch {
    return false;
  }
  const found = findEmbargo(broker, { ...question, target });
  return found !== undefined && isEmbargoed(found.record, broker.clock.nowMs());
}
