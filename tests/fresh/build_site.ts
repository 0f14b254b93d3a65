/**
 * Builds the test site, a small Fresh app with every kind of file.
 * @module
 */
import { fileURLToPath } from "node:url";
import { App, csp, type FreshConfig, staticFiles } from "fresh";
import { Builder, type BuildOptions } from "fresh/dev";
import type { State } from "./site/define.ts";

/** Directory of the test site. */
export const SITE = fileURLToPath(new URL("./site", import.meta.url));

/** Blocks every script without the page's nonce and every string that becomes code or markup. */
export const STRICT_CSP = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'strict-dynamic'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** The site as a function that answers requests. */
export async function buildSite(
  config: FreshConfig = {},
  options: BuildOptions = {},
): Promise<ReturnType<App<State>["handler"]>> {
  const builder = new Builder<State>({ root: SITE, ...options });
  builder.onTransformStaticFile(
    { pluginName: "green", filter: /\.css$/ },
    ({ text }) => ({ content: text.replace("red", "green") }),
  );
  const apply = await builder.build({ snapshot: "memory" });
  const app = new App<State>(config)
    .use(csp({ useNonce: true, csp: STRICT_CSP }))
    .use(staticFiles())
    .fsRoutes();
  apply(app);
  return app.handler();
}
