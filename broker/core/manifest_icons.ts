/** The manifest member `icons`: what is listed, and which of it to show. @module */
import type { ManifestIcon } from "../schema/manifest.ts";

/** How many icons are read. */
export const maxIcons = 16;
const maxUrlLength = 2048;
/** The side of an icon as it is shown, in pixels. */
export const shownSide = 64;

/**
 * Reads the member (Web Application Manifest, "Processing the icons member"; Image Resource). Icons without a source, and
 * those that are for other purposes than `any`, are left out.
 */
export function readIcons(
  value: unknown,
  manifestUrl: URL,
  report: (error: string) => void,
): ManifestIcon[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report("property 'icons' ignored, type array expected.");
    return [];
  }
  const icons: ManifestIcon[] = [];
  for (const entry of value) {
    const icon = readIcon(entry, manifestUrl);
    if (icon) icons.push(icon);
    if (icons.length === maxIcons) break;
  }
  return icons;
}

function readIcon(entry: unknown, manifestUrl: URL): ManifestIcon | null {
  if (typeof entry !== "object" || entry === null) return null;
  const { src, type, sizes, purpose } = entry as Record<string, unknown>;
  const url = typeof src === "string" ? URL.parse(src, manifestUrl) : null;
  if (url === null || url.href.length > maxUrlLength) return null;
  const purposes = typeof purpose === "string" ? purpose.toLowerCase().split(/\s+/) : [];
  if (purposes.some((word) => word !== "") && !purposes.includes("any")) return null;
  return {
    src: url.href,
    type: typeof type === "string" && type !== "" ? type.slice(0, 100) : null,
    side: typeof sizes === "string" ? longestSide(sizes) : null,
  };
}

/** The longest side that `sizes` names (HTML, `link` element, `sizes` attribute). */
function longestSide(sizes: string): number | null {
  const sides = [...sizes.slice(0, 1000).matchAll(/(?<!\S)([1-9]\d{0,4})x([1-9]\d{0,4})(?!\S)/gi)]
    .flatMap(([, width, height]) => [Number(width), Number(height)]);
  return sides.length === 0 ? null : Math.max(...sides);
}

/**
 * Icons that may be shown, the best first: PNG of the app's own origin, the smallest of those that are large enough before
 * the largest of those that are not.
 */
export function usableIcons(icons: readonly ManifestIcon[], origin: string): ManifestIcon[] {
  const rank = ({ side }: ManifestIcon) =>
    side === null ? 20_000 : side >= shownSide ? side : 30_000 - side;
  return icons.filter(({ src, type }) =>
    URL.parse(src)?.origin === origin && (type === null || /^image\/png\b/i.test(type)) &&
    !(type === null && /\.svgz?$/i.test(new URL(src).pathname))
  ).sort((a, b) => rank(a) - rank(b));
}
