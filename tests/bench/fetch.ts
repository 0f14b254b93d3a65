/** Fetching: the broker, over REST and by the SDK, beside a direct fetch and cors-anywhere, in one run. @module */
import type { Figures } from "./measures.ts";
import { startCorsAnywhere } from "./peers.ts";
import { type Started, startScript } from "./process.ts";
import { renderTable } from "./table.ts";

const rounds = 7;
const lines = ["requests", "first", "bulk"];

/** Runs the benchmark, and gives its table as Markdown. */
export async function fetchTable(): Promise<string> {
  await using running = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir();
  running.defer(() => Deno.remove(directory, { recursive: true }));
  const web = running.use(startScript("web_server.ts"));
  const origin = `http://127.0.0.1:${await web.nextLine()}`;
  const gatehouse = running.use(startScript("gatehouse_server.ts"));
  const [port = "", token = "", data = ""] = (await gatehouse.nextLine()).split(" ");
  running.defer(() => Deno.remove(data, { recursive: true }));
  const peer = await startCorsAnywhere(directory);
  const notes: string[] = [];
  const clients: { who: string; deno: Started; ws: Started }[] = [];
  const add = (who: string, ...args: string[]) => {
    const startClient = (webSocket: "deno" | "ws") =>
      running.use(startScript("fetch_client.ts", who, origin, webSocket, ...args));
    clients.push({ who, deno: startClient("deno"), ws: startClient("ws") });
  };
  add("gatehouse", port, token);
  add("gatehouse SDK", port, token);
  add("direct");
  if ("missing" in peer) notes.push(`Left out: ${peer.missing}.`);
  else {
    running.use(peer.server);
    add("cors-anywhere", `${peer.port}`);
  }
  for (const { deno, ws } of clients) await Promise.all([deno.nextLine(), ws.nextLine()]);
  const results = new Map(clients.map(({ who }) => [who, new Map<string, number[]>()]));
  // The first round warms everybody up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const line of lines) {
      for (const { who, deno, ws } of clients) {
        const client = line === "bulk" ? deno : ws;
        await client.send(line);
        const figures: Figures = JSON.parse(await client.nextLine());
        const rows = results.get(who);
        for (const [row, figure] of round === 0 ? [] : Object.entries(figures)) {
          rows?.set(row, [...rows.get(row) ?? [], figure]);
        }
      }
    }
  }
  return renderTable(results, notes);
}
