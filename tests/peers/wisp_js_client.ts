/**
 * The client of npm `@mercuryworkshop/wisp-js`, unchanged, as a program of its own: its dependencies are none of this
 * house's. It reads one JSON object a line, `{ url, version, steps }`, and answers each with one, what came of it.
 *
 * @module
 */

/** The npm package, pinned. Not for the type checker: that would make it a dependency of the whole project. */
const wispPackage = "npm:@mercuryworkshop/wisp-js@0.5.0/client";

interface ClientStream {
  send(bytes: Uint8Array): void;
  close(): void;
  onmessage: (bytes: Uint8Array) => void;
  onclose: (reason: number) => void;
}

interface ClientConnection {
  readonly wisp_version: number;
  readonly udp_enabled: boolean;
  readonly ws: { close(): void };
  onopen: () => void;
  onerror: () => void;
  onclose: () => void;
  create_stream(host: string, port: number, type: "tcp" | "udp"): ClientStream;
}

type ClientModule = {
  client: {
    ClientConnection: new (url: string, options: { wisp_version: number }) => ClientConnection;
  };
};

/** What to do on one stream: send packets, and wait for that many bytes, or for its end. */
interface Step {
  host: string;
  port: number;
  type: "tcp" | "udp";
  packets: number;
  packetBytes: number;
  awaitBytes: number;
}

/** What came of it. `sum` tells whether the bytes that came are those that were sent, in order. */
interface Outcome {
  received: number;
  sum: number;
  reason: number | null;
}

const { client } = await import(wispPackage) as ClientModule;

function run(connection: ClientConnection, step: Step): Promise<Outcome> {
  return new Promise((resolve) => {
    const stream = connection.create_stream(step.host, step.port, step.type);
    const outcome: Outcome = { received: 0, sum: 0, reason: null };
    stream.onclose = (reason) => resolve({ ...outcome, reason });
    stream.onmessage = (bytes) => {
      for (const byte of bytes) outcome.sum = (outcome.sum * 31 + byte) % 1_000_003;
      outcome.received += bytes.length;
      if (step.awaitBytes === 0 || outcome.received < step.awaitBytes) return;
      stream.close();
      resolve(outcome);
    };
    for (let n = 0; n < step.packets; n++) {
      stream.send(new Uint8Array(step.packetBytes).fill(n));
    }
  });
}

const { url, version, steps } = JSON.parse(Deno.args[0] ?? "") as {
  url: string;
  version: number;
  steps: Step[];
};
const connection = new client.ClientConnection(url, { wisp_version: version });
await new Promise<void>((resolve, reject) => {
  connection.onopen = resolve;
  connection.onerror = () => reject(new Error("The broker does not answer"));
  connection.onclose = () => reject(new Error("The broker closed the connection"));
});
// All at once: streams share the connection.
const outcomes = await Promise.all(steps.map((step) => run(connection, step)));
connection.onclose = () => {};
connection.ws.close();
const report = { version: connection.wisp_version, udp: connection.udp_enabled, outcomes };
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report)}\n`));
Deno.exit(0);
