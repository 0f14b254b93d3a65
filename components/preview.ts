/** The live preview of an answer: target, duration and limit, said again in one sentence. @module */
import type { Budget } from "../broker/schema/budget.ts";
import type { Capability } from "../broker/schema/capability.ts";
import type { Duration } from "../broker/schema/duration.ts";
import { bytesText } from "./bytes_text.ts";
import { durationClause } from "./duration_text.ts";
import { fillPhrase, fillText, type Phrase } from "./phrase.ts";
import { plural } from "./plural.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { spanText } from "./time_text.ts";

/** What a preview restates. */
export interface PreviewedAnswer {
  readonly capability: Capability;
  /** The chosen target; empty while a narrower one is still to be written. */
  readonly target: string;
  /** The chosen duration; null while a time is still to be written. */
  readonly duration: Duration | null;
  readonly app: string;
  /** Whether the target is broad: then "only" would be a lie. */
  readonly broad: boolean;
  /** Its limit; absent or null when there is none, undefined written out while a number is still to be written. */
  readonly budget?: Budget | null | undefined;
  /** Whether it is for encrypted connections alone. */
  readonly encrypted?: boolean;
}

/** "Allows **imap.example.com:993** only, until Mail closes." */
export function previewSentence(answer: PreviewedAnswer, nowMs: number): Phrase {
  if (answer.target === "") return [text.preview.empty];
  if (answer.duration === null) return [text.preview.noTime];
  if ("budget" in answer && answer.budget === undefined) return [text.preview.noLimit];
  const allows = fillPhrase(templateFor(answer), {
    target: { kind: "strong", text: targetText(answer.target, answer.capability) },
    duration: durationClause(answer.duration, answer.app, nowMs),
  });
  if (!answer.budget) return allows;
  return [...allows, " ", fillText(text.preview.limit, { limit: limitText(answer.budget) })];
}

/** "5.0 MB in all, 10 connections in all, closed after 5 minutes without traffic". */
function limitText({ bytes, connections, idleTimeoutMs }: Budget): string {
  const words = text.budget;
  return [
    bytes !== undefined && fillText(words.bytesInAll, { all: bytesText(bytes) }),
    connections !== undefined && plural(connections, words.connectionsInAll),
    idleTimeoutMs !== undefined && fillText(words.idle, { span: spanText(idleTimeoutMs) }),
  ].filter((part) => part !== false).join(", ");
}

function templateFor({ capability, broad, encrypted }: PreviewedAnswer) {
  const { narrow, wide, narrowEncrypted, wideEncrypted, listen, facts } = text.preview;
  if (capability === "tcp-listen" || capability === "udp-bind") return listen;
  if (capability === "network-info") return facts;
  if (encrypted) return broad ? wideEncrypted : narrowEncrypted;
  return broad ? wide : narrow;
}
