/**
 * Tells assistive technology which links lead to the page being shown.
 * @module
 */

/**
 * Adds `aria-current` to a root-relative link: `page` to the current URL, `true` to a page above it.
 * One that is set already stays.
 *
 * @returns the link's properties, changed or not
 * @see https://fresh.deno.dev/docs/examples/active-links
 */
export function markActiveLink(
  props: Record<string, unknown>,
  current: URL,
): Record<string, unknown> {
  const { href } = props;
  if (typeof href !== "string" || !href.startsWith("/") || props["aria-current"] !== undefined) {
    return props;
  }
  const target = URL.parse(href, current);
  if (target === null) return props;
  const path = trimmed(target.pathname);
  const here = trimmed(current.pathname);
  if (path === here && (target.search === "" || target.search === current.search)) {
    return { ...props, "data-current": "true", "aria-current": "page" };
  }
  if (path === here || path === "/" || here.startsWith(`${path}/`)) {
    return { ...props, "data-ancestor": "true", "aria-current": "true" };
  }
  return props;
}

function trimmed(path: string): string {
  return path === "/" ? path : path.replace(/\/$/, "");
}
