/**
 * `deno task bench`: Gatehouse beside raw TCP, Python websockify and the wisp-js server, in one run. Client and server are
 * processes of their own for everybody; rounds are interleaved, and medians are printed with their ratios. Then fetches,
 * beside a direct one and cors-anywhere; decisions, beside other engines; and the dashboard in Chromium, each against its budget.
 *
 * @module
 */
import process from "node:process";
import { dashboardTable } from "./dashboard.ts";
import { decisionTable } from "./decide.ts";
import { fetchTable } from "./fetch.ts";
import type { Figures } from "./measures.ts";
import { measures } from "./measures.ts";
import { startWebsockify, startWisp } from "./peers.ts";
import { type Started, startScript } from "./process.ts";
import { renderTable } from "./table.ts";

const rounds = 9;

/** Everybody's figures, by who and by row. */
type Results = Map<string, Map<string, number[]>>;

async function measure(client: Started, line: string, who: string, results: Results) {
  await client.send(line);
  const figures: Figures = JSON.parse(await client.nextLine());
  const rows = results.get(who) ?? new Map<string, number[]>();
  results.set(who, rows);
  for (const [row, figure] of Object.entries(figures)) {
    rows.set(row, [...rows.get(row) ?? [], figure]);
  }
}

const results: Results = new Map();
const notes: string[] = [];
await using running = new AsyncDisposableStack();

const target = running.use(startScript("target_server.ts"));
const targetPort = await target.nextLine();
const gatehouse = running.use(startScript("gatehouse_server.ts"));
const [port = "", token = "", directory = ""] = (await gatehouse.nextLine()).split(" ");
running.defer(() => Deno.remove(directory, { recursive: true }));
const bare = running.use(startScript("bare_http_server.ts"));
const barePort = await bare.nextLine();

const sides: [name: string, port: string, token: string][] = [
  ["raw", targetPort, ""],
  ["gatehouse", port, token],
  ["gatehouse SDK", port, token],
];
for (
  const [name, peer] of [
    ["websockify", await startWebsockify(Number(targetPort))],
    ["wisp-js", await startWisp(directory)],
  ] as const
) {
  if ("missing" in peer) {
    notes.push(`Left out: ${peer.missing}.`);
  } else {
    running.use(peer.server);
    sides.push([name, `${peer.port}`, ""]);
  }
}
const clients = sides.map(([name, port, token]) => {
  const startClient = (webSocket: "deno" | "ws") =>
    running.use(startScript("socket_client.ts", webSocket, name, port, targetPort, token));
  return { name, deno: startClient("deno"), ws: startClient("ws") };
});
const query = "/api/v1/permissions/query";
const askers: [string, Started][] = [
  ["bare http", running.use(startScript("http_client.ts", barePort, "none", "/"))],
  ["gatehouse", running.use(startScript("http_client.ts", port, token, query))],
];
for (const { deno, ws } of clients) await Promise.all([deno.nextLine(), ws.nextLine()]);
for (const [, client] of askers) await client.nextLine();

// The first round warms everybody up and is not counted.
for (let round = 0; round <= rounds; round++) {
  const into = round === 0 ? new Map() : results;
  for (const line of Object.keys(measures)) {
    for (const client of clients) {
      const isSmall = line === "opening" || line === "datagrams";
      await measure(isSmall ? client.ws : client.deno, line, client.name, into);
    }
  }
  for (const [who, client] of askers) await measure(client, "query", who, into);
}

process.stdout.write(renderTable(results, notes));
await running.disposeAsync();
process.stdout.write(await fetchTable());
process.stdout.write(await decisionTable());
process.stdout.write(await dashboardTable());
Deno.exit(0);
