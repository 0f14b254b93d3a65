/**
 * The middleware that serves static files and bundles.
 * @module
 */
import { ASSET_CACHE_KEY } from "./asset.ts";
import { BUILD_ID, BUNDLE_PATH } from "./build_id.ts";
import { Context } from "./context.ts";
import type { Middleware } from "./types.ts";

/**
 * Serves the files of the static directory and the bundles of islands. URLs that carry the build id
 * are cached for a year; one with the id of another build is redirected.
 *
 * @see https://fresh.deno.dev/docs/concepts/static-files
 */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { req, url, config } = ctx;
    const path = decoded(url.pathname.slice(config.basePath.length));
    const file = path === null || path === "/" ? null : await Context.file(ctx, path);
    if (file === null) {
      return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
    }
    if (req.method !== "GET" && req.method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405 });
    }

    const id = url.searchParams.get(ASSET_CACHE_KEY);
    if (id !== null && id !== BUILD_ID) {
      url.searchParams.delete(ASSET_CACHE_KEY);
      return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
    }

    const headers = new Headers({ "Content-Type": file.contentType, Vary: "If-None-Match" });
    const isProduction = config.mode === "production";
    if (isProduction) {
      const known = req.headers.get("If-None-Match")?.replace(/^W\/"(.*)"$/, "$1");
      if (known === file.hash) {
        return new Response(null, { status: 304, headers });
      }
      headers.set("ETag", `W/"${file.hash}"`);
    }
    const isImmutable = id === BUILD_ID ||
      path?.startsWith(`${BUNDLE_PATH}${BUILD_ID}/`);
    headers.set(
      "Cache-Control",
      isProduction && isImmutable
        ? "public, max-age=31536000, immutable"
        : "no-cache, no-store, max-age=0, must-revalidate",
    );
    headers.set("Content-Length", String(file.content.byteLength));
    return new Response(req.method === "HEAD" ? null : file.content, { headers });
  };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
