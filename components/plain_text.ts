/** Makes text that somebody else wrote safe to show in a line: nothing invisible, nothing that turns the line around. @module */
import { stackedMarks, unseenCharacters } from "../broker/core/unseen_text.ts";

/**
 * The text on one line, without control, format and other invisible characters (Unicode UTS 39, section 3), white space
 * collapsed, cut to `maxLength` code points with an ellipsis.
 */
export function plainText(text: string, maxLength = 200): string {
  const line = text.replace(/[\s\u0085]+/gu, " ").replace(unseenCharacters, "").replace(
    stackedMarks,
    "$1",
  )
    .replace(/ {2,}/g, " ").trim();
  const points = [...line];
  return points.length <= maxLength
    ? line
    : `${points.slice(0, maxLength - 1).join("").trimEnd()}…`;
}
