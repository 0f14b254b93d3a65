/**
 * The client process of the socket benchmarks: one carrier, and a measure for each line that comes in.
 *
 * The first argument says whose WebSocket is used, by everybody alike. `deno` is the runtime's own, which costs least. It
 * holds a small message back for up to 44 ms until the one before is acknowledged (Nagle's algorithm), which no browser
 * does; so sockets are opened, and datagrams sent, over `ws`, the npm package.
 *
 * @module
 */
import process from "node:process";
import "../../broker/http/websocket_mask.ts"; // Before `ws`, which takes it up when it is loaded.
import { WebSocket } from "ws";
import { type CarrierName, makeCarrier } from "./carrier.ts";
import { measures } from "./measures.ts";
import { inputLines } from "./process.ts";

const [webSocket, name, port, targetPort, token = ""] = Deno.args;
if (webSocket === "ws") Object.defineProperty(globalThis, "WebSocket", { value: WebSocket });
const carrier = await makeCarrier(name as CarrierName, {
  port: Number(port),
  targetPort: Number(targetPort),
  token,
});
process.stdout.write("ready\n");
for await (const line of inputLines()) {
  const figures = await measures[line]?.(carrier);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
