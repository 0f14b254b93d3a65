/** Makes text that somebody else wrote safe to show in a line: nothing invisible, nothing that turns the line around. @module */

/**
 * Everything that is not seen but changes what is: controls, formats (bidirectional marks, zero-width characters, tags),
 * surrogates without their other half, private use, line and paragraph separators, and blanks that pass for letters.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800\ufe00-\ufe0f]/gu;
/** More than three marks stacked on one letter reach into the lines above and below. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/**
 * The text on one line, without control, format and other invisible characters (Unicode UTS 39, section 3), white space
 * collapsed, cut to `maxLength` code points with an ellipsis.
 */
export function plainText(text: string, maxLength = 200): string {
  const line = text.replace(/[\s\u0085]+/gu, " ").replace(UNSEEN, "").replace(STACKED_MARKS, "$1")
    .replace(/ {2,}/g, " ").trim();
  const points = [...line];
  return points.length <= maxLength
    ? line
    : `${points.slice(0, maxLength - 1).join("").trimEnd()}…`;
}
