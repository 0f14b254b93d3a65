/** A printer on port 9100's protocol: takes raw jobs, and answers PJL's question how it is (HP PJL Technical Reference). @module */

import { Buffer } from "node:buffer";

const jobEnd = "\x1b%-12345X";
const question = "@PJL INFO STATUS";

/** A printer that listens. */
export interface PrintServer {
  readonly port: number;
  /** What was printed: each job's bytes between its language's name and its end. */
  readonly jobs: readonly Uint8Array[];
  stop(): Promise<void>;
}

/** Starts the printer on a free port of loopback. */
export function startPrintServer(): PrintServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const jobs: Uint8Array[] = [];
  const serving = (async () => {
    for await (const connection of listener) await serve(connection, jobs);
  })();
  return {
    port: listener.addr.port,
    jobs,
    async stop() {
      listener.close();
      await serving;
    },
  };
}

async function serve(connection: Deno.TcpConn, jobs: Uint8Array[]): Promise<void> {
  let waiting = "";
  try {
    for await (const bytes of connection.readable) {
      waiting += Buffer.from(bytes).toString("latin1");
      if (!waiting.includes("ENTER LANGUAGE") && waiting.includes(`${question}\r\n`)) {
        waiting = "";
        await reply(connection, "CODE=10001\r\nONLINE=TRUE\r\n");
      }
      const start = waiting.indexOf("\n", waiting.indexOf("ENTER LANGUAGE")) + 1;
      const end = start === 0 ? -1 : waiting.indexOf(jobEnd, start);
      if (end < 0) continue;
      jobs.push(Buffer.from(waiting.slice(start, end), "latin1"));
      waiting = "";
      await reply(connection, `PAGES=${jobs.length}\r\n`);
    }
  } catch {
    // It was cut: that is what the test is about.
  }
}

async function reply(connection: Deno.TcpConn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(`@PJL INFO STATUS\r\n${text}\f`));
}
