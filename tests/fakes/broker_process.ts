/** A broker as a person starts it: a process of its own, with a data directory of its own. @module */
import { TextLineStream } from "./text_lines.ts";

/** A broker process. */
export interface BrokerProcess {
  /** The dashboard's origin. */
  readonly origin: string;
  /** The launch link that it printed. */
  readonly link: string;
  /** Stops it as Ctrl+C does, and resolves to its exit code. */
  stop(): Promise<number>;
  /** Kills it as a power cut does. */
  kill(): Promise<void>;
}

/** Starts `deno task start` on a port, and resolves once it has printed its launch link. */
export async function startBrokerProcess(
  { port, data, task = "start" }: { port: number; data: string; task?: string },
): Promise<BrokerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", task, "--port", String(port), "--data", data, "--no-open"],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const reader = lines.getReader();
  let link: string | undefined;
  while (link === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The broker ended before it was ready:\n${await errors}`);
    link = /http:\/\/\S+#\S+/.exec(value)?.[0];
  }
  reader.releaseLock();
  const rest = lines.pipeTo(new WritableStream());
  const ended = async () => {
    const { code } = await child.status;
    await Promise.all([errors, rest]);
    return code;
  };
  return {
    origin: new URL(link).origin,
    link,
    stop() {
      child.kill("SIGTERM");
      return ended();
    },
    async kill() {
      // `deno task` stands between: the broker itself says who it is.
      const { pid } = JSON.parse(await Deno.readTextFile(`${data}/server.json`));
      Deno.kill(pid, "SIGKILL");
      await ended();
    },
  };
}

/** A port that nobody listens on just now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
