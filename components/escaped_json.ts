/** A record as JSON that shows every character it holds. @module */

const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}\u3164\u2800]/gu;

/** JSON over several lines, with invisible characters and those that turn the line around written as escapes. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    UNSEEN,
    (found) =>
      Array.from(
        { length: found.length },
        (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}
