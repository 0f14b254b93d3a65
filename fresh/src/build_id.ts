/**
 * The id of this build, which makes the URLs of bundles and assets unique to it.
 * @module
 */

/** Path below which bundles are served; the build id follows. */
export const BUNDLE_PATH = "/_fresh/js/";

/**
 * New for every server process. In a browser it is read from the URL of the bundle itself, so that
 * `asset()` gives the same URLs on both sides.
 */
export const BUILD_ID: string = typeof document === "undefined"
  ? crypto.randomUUID().replaceAll("-", "")
  : new URL(import.meta.url).pathname.split(BUNDLE_PATH)[1]?.split("/")[0] ??
    "";
