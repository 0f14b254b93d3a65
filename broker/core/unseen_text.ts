/** Characters that nobody sees but that change what is seen: what is taken out of text that others wrote. @module */

/**
 * Everything that is not seen but changes what is: controls, formats (bidirectional marks, zero-width characters, tags),
 * surrogates without their other half, private use, line and paragraph separators, and blanks that pass for letters
 * (Unicode UTS 39, section 3). Global: for `replace`.
 */
export const unseenCharacters =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800\ufe00-\ufe0f]/gu;

/** More than three marks stacked on one letter reach into the lines above and below. Global: for `replace` with `$1`. */
export const stackedMarks = /(\p{M}{3})\p{M}+/gu;
