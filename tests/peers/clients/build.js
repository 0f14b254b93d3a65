/**
 * Bundles the clients for a browser as their own users would: esbuild, npm's browser builds of what Node has, and
 * Gatehouse's door for `net` and `tls`. Run in a directory with the packages: `build.js BROKER ENTRY…`.
 *
 * @module
 */
import stdLib from "node-stdlib-browser";
import { build, stop } from "esbuild";

const [broker, ...entryPoints] = Deno.args;
const door = `${broker}/sdk/node.js`;
const members = {
  net: "Socket, Stream, Server, connect, createConnection, createServer, isIP, isIPv4, isIPv6",
  tls: "TLSSocket, connect",
  dgram: "Socket, createSocket",
};

const builtins = { ...stdLib, buffer: "buffer/index.js" };
const completed = {
  crypto: `module.exports = {
    ...require("crypto-browserify"),
    timingSafeEqual: require("timing-safe-equal/browser.js"),
    getCurves: () => ["prime256v1", "secp384r1", "secp521r1"],
  };`,
  zlib: `const zlib = require("browserify-zlib"); module.exports = { ...zlib, constants: zlib };`,
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
    onResolve({ filter: /^(ws|cpu-features|.*\.node)$/ }, () => ({
      path: "nothing",
      namespace: "nothing",
    }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {}" }));
    onResolve(
      { filter: /^pino$/ },
      () => resolve("pino/browser.js", { kind: "require-call", resolveDir: Deno.cwd() }),
    );
    // What npm's builds lack of what SSH takes for granted.
    onResolve({ filter: /^(node:)?(crypto|zlib)$/ }, ({ path }) => ({
      path: path.replace("node:", ""),
      namespace: "completed",
    }));
    onLoad({ filter: /.*/, namespace: "completed" }, ({ path }) => ({
      contents: completed[path],
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
  // Not "browser", whose conditions lead to builds that have left their sockets out.
  platform: "neutral",
  mainFields: ["browser", "main"],
  conditions: ["node"],
  outdir: ".",
  outExtension: { ".js": ".bundle.js" },
  external: ["http://*"],
  inject: ["globals.js"],
  define: { global: "globalThis", __dirname: '"/"' },
  logLevel: "error",
  plugins: [nodeInBrowsers],
});
await stop();
