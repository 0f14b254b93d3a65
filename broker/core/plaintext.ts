/** Whether what is asked would cross the network in the clear. @module */
import type { ReadQuestion } from "./read_question.ts";

const plainPattern = /^(http|ws|ftp):\/\//;

/**
 * A TCP connection without TLS, or access by a scheme that has none. A connection is taken for plain unless the question
 * says otherwise. Datagrams and listening are not judged: what they carry is not known.
 */
export function isPlaintext({ question, target }: ReadQuestion): boolean {
  if (question.capability === "tcp-connect") return question.secureTransport !== true;
  return target.kind === "pattern" && plainPattern.test(target.text);
}
