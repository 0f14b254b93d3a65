/** A real server as a child process: a directory and a port of its own, on loopback, always stopped. @module */
import { freePort } from "../fakes/broker_process.ts";

/** How to start a server. */
export interface PeerRecipe {
  /** The program, found on `PATH` or where Debian keeps daemons. */
  readonly command: string;
  /** The package that brings it. */
  readonly debianPackage: string;
  /** Its configuration, by file name. */
  files(port: number, directory: string): Record<string, string>;
  args(directory: string, port: number): string[];
  /** What must be ready before it starts: owners and modes of files. */
  prepare?(directory: string): Promise<void>;
  /** What it greets with; it is ready once it does, or once it takes connections where it does not speak first. */
  readonly greeting?: string;
  /** The signal that stops it and its children; SIGTERM when absent. */
  readonly stopSignal?: Deno.Signal;
}

/** A server that runs. */
export interface PeerServer {
  readonly port: number;
  readonly directory: string;
  stop(): Promise<void>;
}

const patienceMs = 20_000;

/**
 * Starts a server, and resolves once it is ready.
 *
 * @throws Error that says how to install it where it is not, and what it said where it does not start.
 */
export async function startPeer(recipe: PeerRecipe): Promise<PeerServer> {
  const { command, debianPackage } = recipe;
  const path = await findProgram(command);
  if (path === null) {
    throw new Error(`${command} is not installed: apt-get install ${debianPackage}`);
  }
  const directory = await Deno.makeTempDir({ prefix: `gatehouse-${debianPackage}-` });
  const port = freePort();
  for (const [name, text] of Object.entries(recipe.files(port, directory))) {
    await Deno.writeTextFile(`${directory}/${name}`, text, { mode: 0o600 });
  }
  await recipe.prepare?.(directory);
  const child = new Deno.Command(path, {
    args: recipe.args(directory, port),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said = Promise.all([child.stdout, child.stderr].map((out) => new Response(out).text()));
  const stop = async () => {
    try {
      child.kill(recipe.stopSignal ?? "SIGTERM");
    } catch {
      // It has ended by itself; the test that needed it has said so.
    }
    await child.status;
    await said;
    await Deno.remove(directory, { recursive: true });
  };
  if (await ready(port, child, recipe.greeting ?? "")) return { port, directory, stop };
  child.kill("SIGKILL");
  throw new Error(`${command} did not start:\n${(await said).join("\n")}`);
}

/** The path of a program; null where it is not installed. An absolute path is looked at as it is. */
export async function findProgram(name: string): Promise<string | null> {
  if (name.startsWith("/")) return await isFile(name) ? name : null;
  const directories = (Deno.env.get("PATH") ?? "").split(":");
  for (const directory of [...directories, "/usr/sbin", "/usr/local/sbin"]) {
    const path = `${directory}/${name}`;
    if (await isFile(path)) return path;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isFile, () => false);
}

async function ready(port: number, child: Deno.ChildProcess, greeting: string): Promise<boolean> {
  let exited = false;
  child.status.then(() => exited = true);
  const untilMs = performance.now() + patienceMs;
  while (!exited && performance.now() < untilMs) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      if (greeting === "") return true;
      const buffer = new Uint8Array(greeting.length);
      await connection.read(buffer);
      if (new TextDecoder().decode(buffer) === greeting) return true;
    } catch (fault) {
      if (!(fault instanceof Deno.errors.ConnectionRefused)) throw fault;
      // A refusal answers at once; leave the processor to the server that is starting.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return false;
}
