/**
 * Bundles the clients for a browser as their own users would: esbuild, npm's browser builds of what Node has, and
 * Gatehouse's door for `net` and `tls`. Run in a directory with the packages: `build.js BROKER ENTRY…`.
 *
 * @module
 */
import builtins from "node-stdlib-browser";
import { build, stop } from "esbuild";

const [broker, ...entryPoints] = Deno.args;
const door = `${broker}/sdk/node.js`;
const members = {
  net: "Socket, Stream, Server, connect, createConnection, createServer, isIP, isIPv4, isIPv6",
  tls: "TLSSocket, connect",
  dgram: "Socket, createSocket",
};

/** `net`, `tls` and `dgram` are the door's; other names of Node's are npm's, and what no browser has is empty. */
const nodeInBrowsers = {
  name: "node-in-browsers",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^(node:)?(net|tls|dgram)$/ }, ({ path }) => ({
      path: path.replace("node:", ""),
      namespace: "door",
    }));
    onLoad({ filter: /.*/, namespace: "door" }, ({ path }) => ({
      contents: `import { ${path} } from "${door}";
        export const { ${members[path]} } = ${path};
        export default ${path};`,
    }));
    onResolve({ filter: /^(ws|pino|cpu-features|.*\.node)$/ }, () => ({
      path: "nothing",
      namespace: "nothing",
    }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {}" }));
    // crypto-browserify lacks one function that SSH calls.
    onResolve({ filter: /^(node:)?crypto$/ }, () => ({ path: "crypto", namespace: "crypto" }));
    onLoad({ filter: /.*/, namespace: "crypto" }, () => ({
      contents: `module.exports = {
        ...require("crypto-browserify"),
        timingSafeEqual: require("timing-safe-equal/browser.js"),
      };`,
      resolveDir: Deno.cwd(),
    }));
    onResolve({ filter: /^(node:)?[a-z_]+\/?$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:|\/$/g, "");
      if (kind === "entry-point" || !(name in builtins)) return undefined;
      if (builtins[name] === null) return { path: "nothing", namespace: "nothing" };
      return resolve(builtins[name], { kind: "require-call", resolveDir: Deno.cwd() });
    });
  },
};

await build({
  entryPoints,
  bundle: true,
  format: "esm",
  // Not "browser": some packages leave their sockets out of what they give to browsers.
  platform: "neutral",
  mainFields: ["main"],
  conditions: ["node"],
  outdir: ".",
  outExtension: { ".js": ".bundle.js" },
  external: ["http://*"],
  inject: ["globals.js"],
  define: { global: "globalThis" },
  logLevel: "error",
  plugins: [nodeInBrowsers],
});
await stop();
