/**
 * The client process of the fetch benchmark: fetches from the web server as one of the four ways does. Arguments: the way,
 * the web server's origin, whose WebSocket is used (as in `socket_client.ts`), the way's own port, an app token. For each line
 * that it reads it runs the measure of that name.
 *
 * @module
 */
import process from "node:process";
import "../../broker/http/websocket_mask.ts"; // Before `ws`, which takes it up when it is loaded.
import { WebSocket as NodeWebSocket } from "ws";
import { connect } from "../../broker/sdk/connect.ts";
import type { Figures } from "./measures.ts";
import { inputLines } from "./process.ts";
import { median } from "./table.ts";

const [way = "", origin = "", webSocket = "", port = "", token = ""] = Deno.args;
const requests = 1500;
const atATime = 16;
const turns = 300;
const bulkBytes = 192 * 1024 * 1024;

type Fetch = (path: string) => Promise<Response>;

const ways: Record<string, () => Fetch | Promise<Fetch>> = {
  direct: () => (path) => fetch(origin + path),
  "cors-anywhere": () => (path) => fetch(`http://127.0.0.1:${port}/${origin}${path}`),
  gatehouse: () => {
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${port}/api/v1/fetch?url=`;
    return (path) => fetch(url + encodeURIComponent(origin + path), { headers });
  },
  async "gatehouse SDK"() {
    if (webSocket === "ws") {
      Object.defineProperty(globalThis, "WebSocket", { value: NodeWebSocket });
    }
    const gatehouse = await connect({ broker: `http://127.0.0.1:${port}`, token });
    return (path) => gatehouse.fetch(origin + path);
  },
};

const make = ways[way];
if (!make) throw new Error(`There is no way called ${way}.`);
const get = await make();

async function ok(path: string): Promise<Response> {
  const response = await get(path);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response;
}

const measures: Record<string, () => Promise<Figures>> = {
  async requests() {
    let begun = 0;
    const startMs = performance.now();
    await Promise.all(Array.from({ length: atATime }, async () => {
      while (begun++ < requests) await (await ok("/small")).arrayBuffer();
    }));
    return { "fetches, 1/s": requests / (performance.now() - startMs) * 1000 };
  },
  async first() {
    const took: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const startMs = performance.now();
      const reader = (await ok("/small")).body!.getReader();
      await reader.read();
      took.push((performance.now() - startMs) * 1000);
      while (!(await reader.read()).done);
    }
    return { "first byte, p50 µs": median(took.slice(0, took.length - 1 + took.length % 2)) };
  },
  async bulk() {
    const startMs = performance.now();
    let length = 0;
    for await (const bytes of (await ok(`/bulk/${bulkBytes}`)).body!) length += bytes.length;
    if (length !== bulkBytes) throw new Error(`${length} bytes came`);
    return { "fetched in bulk, MB/s": bulkBytes / 1000 / (performance.now() - startMs) };
  },
};

process.stdout.write("ready\n");
for await (const line of inputLines()) {
  process.stdout.write(`${JSON.stringify(await measures[line]?.())}\n`);
}
