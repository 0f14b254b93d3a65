/** The live preview of an answer: target and duration, said again in one sentence. @module */
import type { Capability } from "../broker/schema/capability.ts";
import type { Duration } from "../broker/schema/duration.ts";
import { durationClause } from "./duration_text.ts";
import { fillPhrase, type Phrase } from "./phrase.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

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
  /** Whether it is for encrypted connections alone. */
  readonly encrypted?: boolean;
}

/** "Allows **imap.example.com:993** only, until Mail closes." */
export function previewSentence(answer: PreviewedAnswer, nowMs: number): Phrase {
  if (answer.target === "") return [text.preview.empty];
  if (answer.duration === null) return [text.preview.noTime];
  return fillPhrase(templateFor(answer), {
    target: { kind: "strong", text: targetText(answer.target, answer.capability) },
    duration: durationClause(answer.duration, answer.app, nowMs),
  });
}

function templateFor({ capability, broad, encrypted }: PreviewedAnswer) {
  const { narrow, wide, narrowEncrypted, wideEncrypted, listen, facts } = text.preview;
  if (capability === "tcp-listen" || capability === "udp-bind") return listen;
  if (capability === "network-info") return facts;
  if (encrypted) return broad ? wideEncrypted : narrowEncrypted;
  return broad ? wide : narrow;
}
