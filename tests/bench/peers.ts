/** The peers that a benchmark stands beside: Python websockify, the wisp-js server and cors-anywhere, each in the runtime it is made for. @module */
import { start, type Started } from "./process.ts";

/** The servers that are measured. */
const wispPackage = "@mercuryworkshop/wisp-js@0.5.0";
const corsAnywherePackage = "cors-anywhere@0.4.4";

/** A peer that runs, or why it does not. */
export type Peer = { port: number; server: Started } | { missing: string };

/** Starts Python websockify in front of the target. */
export async function startWebsockify(targetPort: number): Promise<Peer> {
  const port = freePort();
  try {
    const server = start("websockify", [`127.0.0.1:${port}`, `127.0.0.1:${targetPort}`], "null");
    await answering(port);
    return { port, server };
  } catch {
    return {
      missing:
        "websockify is not installed: `apt-get install websockify`, or `pip install websockify`",
    };
  }
}

async function npmInstall(directory: string, name: string): Promise<void> {
  const npm = await new Deno.Command("npm", {
    args: ["install", "--silent", "--no-audit", "--no-fund", "--prefix", directory, name],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!npm.success) throw new Error("npm install failed");
}

/** Starts cors-anywhere on Node.js, from npm, installed into `directory`. */
export async function startCorsAnywhere(directory: string): Promise<Peer> {
  try {
    await npmInstall(directory, corsAnywherePackage);
    const port = freePort();
    const script = `${directory}/server.cjs`;
    await Deno.copyFile(new URL("cors_anywhere.cjs", import.meta.url), script);
    const server = start("node", [script, `${port}`], "null");
    await answering(port);
    return { port, server };
  } catch {
    return { missing: "cors-anywhere needs Node.js with npm, and npm's registry" };
  }
}

/** Starts the wisp-js server on Node.js, from npm, installed into `directory`. */
export async function startWisp(directory: string): Promise<Peer> {
  try {
    await npmInstall(directory, wispPackage);
    const port = freePort();
    const script = `${directory}/node_modules/@mercuryworkshop/wisp-js/src/bin/server_cli.mjs`;
    const options = JSON.stringify({ allow_loopback_ips: true, allow_private_ips: true });
    const server = start("node", [script, "-P", `${port}`, "-L", "NONE", "-O", options], "null");
    await answering(port);
    return { port, server };
  } catch {
    return { missing: "wisp-js needs Node.js with npm, and npm's registry" };
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Resolves when something listens on the port; a peer says nothing when it does. */
async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`Nothing listens on port ${port}`);
}
