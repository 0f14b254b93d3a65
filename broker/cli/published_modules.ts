/** The modules of the SDK whose types are published, by the file that they are written to. @module */
import type { PublishedModule } from "./sdk_types.ts";

/** By the file's name in `static/`. */
export const publishedModules: Readonly<Record<string, PublishedModule>> = {
  "sdk.d.ts": {
    entry: "broker/sdk/mod.ts",
    external: {},
    heading: "The browser SDK of Gatehouse, `/sdk.js`.",
  },
  "sdk/node.d.ts": {
    entry: "broker/sdk/node/mod.ts",
    external: { "broker/sdk/mod.ts": "../sdk.js" },
    heading: "The Node-style door of Gatehouse's SDK, `/sdk/node.js`. Needs the types of Node.",
  },
};
