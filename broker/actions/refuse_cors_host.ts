/** The CORS check before TCP to a web port: who can be reached by fetch is not reached by a raw socket. @module */
import { decide } from "../core/decide.ts";
import type { Target } from "../core/target.ts";
import type { AppId } from "../schema/ids.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { refusal } from "./refused_connection.ts";

/**
 * Asks the host by a CORS preflight, where the port is one of the web's. A raw socket would let a page read what the
 * host keeps from other origins (Unrestricted Network Access, "Bypassing CORS").
 *
 * @param addresses What was decided on; nothing else is dialed.
 * @throws ConnectError `denied` when the host answers it.
 */
export async function refuseCorsHost(
  broker: Broker,
  appId: AppId,
  target: Target,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const answersCors = await broker.corsProbe.answersCors({
    name: target.host.kind === "name" ? target.host.name : null,
    addresses,
    port: target.ports.first,
    origin: broker.store.get("app", appId)?.record.origin ?? "null",
    signal,
  });
  if (!answersCors) return;
  const capability = "tcp-connect";
  // Whether plain text is allowed was decided before; here it would only stand in for the true reason.
  const subject = {
    appId,
    capability,
    target: target.text,
    addresses,
    secureTransport: true,
  } as const;
  throw refusal(decide(questionFor(broker, { ...subject, answersCors })));
}
