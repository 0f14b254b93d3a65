/** What surrounds a request: how often it was asked, whether the person had clicked, and where its address lies. @module */
import type { Capability } from "../broker/schema/capability.ts";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";
import { ago, clockTime } from "./time_text.ts";

/** What the context line depends on. */
export type Surrounded = Pick<
  RequestView,
  | "capability"
  | "count"
  | "createdAtMs"
  | "lastAskedAtMs"
  | "userActivation"
  | "waiting"
  | "postponedAtMs"
  | "space"
  | "host"
  | "clientCertificate"
>;

/** The context line of a card, a sentence each. */
export function contextSentences(request: Surrounded, nowMs: number): string[] {
  const words = text.context;
  const since = clockTime(request.createdAtMs, nowMs);
  const sentences = [
    request.count > 1
      ? fillText(words.repeated, { n: request.count, time: since })
      : fillText(words.first, { time: since }),
    request.userActivation
      ? fillText(words.clicked, { ago: ago(request.lastAskedAtMs, nowMs) })
      : words.notClicked,
    request.waiting ? words.waiting : words.notWaiting,
  ];
  if (connects.has(request.capability)) {
    if (request.space !== null) sentences.push(words.space[request.space]);
    else if (isName(request)) sentences.push(words.unknownAddress);
  }
  if (request.clientCertificate) sentences.push(words.ownCertificate);
  if (request.postponedAtMs !== null) {
    sentences.push(fillText(words.postponed, { time: clockTime(request.postponedAtMs, nowMs) }));
  }
  return sentences;
}

/** Capabilities that go to an address: of the others, the consequence says from where they are reached. */
const connects: ReadonlySet<Capability> = new Set(["tcp-connect", "udp-send", "host-access"]);

/** Whether the target is a single name, which has addresses that are yet to be found. */
function isName({ host }: Surrounded): boolean {
  return host !== null && !/[*/]/.test(host);
}
