/**
 * URLs of static files that may be cached for a year, because they change with the build.
 * @module
 */
import { options, type VNode } from "preact";
import { BUILD_ID } from "./build_id.ts";

/** Search parameter that carries the build id. */
export const ASSET_CACHE_KEY = "__frsh_c";

const ANY_ORIGIN = "https://asset.invalid";

/**
 * Adds the build id to the URL of a static file, so that it is served with a cache lifetime of one
 * year. Anything but a root-relative path is returned as it is.
 *
 * @see https://fresh.deno.dev/docs/concepts/static-files
 */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = URL.parse(path, ANY_ORIGIN);
  if (url === null || url.origin !== ANY_ORIGIN || url.searchParams.has(ASSET_CACHE_KEY)) {
    return path;
  }
  url.searchParams.set(ASSET_CACHE_KEY, BUILD_ID);
  return url.pathname + url.search + url.hash;
}

/**
 * Applies {@link asset} to every URL of a `srcset` attribute.
 *
 * @see https://fresh.deno.dev/docs/concepts/static-files
 */
export function assetSrcSet(srcset: string): string {
  const candidates = srcset.split(",");
  // Commas inside parentheses or missing URLs: leave what cannot be split safely.
  if (srcset.includes("(") || candidates.some((candidate) => candidate.trim() === "")) {
    return srcset;
  }
  return candidates.map((candidate) => candidate.replace(/\S+/, asset)).join(",");
}

/** Makes `<img>` and `<source>` use {@link asset} by themselves, on the server and in islands. */
export function installAssetHook(): void {
  const previous = options.vnode;
  options.vnode = (vnode: VNode) => {
    if (vnode.type === "img" || vnode.type === "source") {
      const props = vnode.props as { [name: string]: unknown };
      if (!props["data-fresh-disable-lock"]) {
        if (typeof props["src"] === "string") {
          props["src"] = asset(props["src"]);
        }
        if (typeof props["srcset"] === "string") {
          props["srcset"] = assetSrcSet(props["srcset"]);
        }
      }
    }
    previous?.(vnode);
  };
}
