/** Amounts of data in words, in decimal units as network tools count them. @module */
import { language } from "./text.ts";

const units = ["B", "kB", "MB", "GB", "TB"];
const wholeNumber = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(language, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** `0 B`, `18 kB`, `1.2 MB`: three digits at most, the last one rounded. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const format = unit > 0 && value < 9.95 ? oneDigit : wholeNumber;
  return `${format.format(value)} ${units[unit]}`;
}

/** `1.2 MB/s`; a dash while nothing flows. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "–" : `${bytesText(bytesPerSecond)}/s`;
}
