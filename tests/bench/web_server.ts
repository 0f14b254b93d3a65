/** The web server at the far end of the fetch benchmark: `/small` is 1 KiB of JSON, `/bulk/N` N bytes. @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { announce } from "./process.ts";

const piece = new Uint8Array(256 * 1024);
const small = JSON.stringify({ text: "x".repeat(1000) });

const server = createServer((incoming, outgoing) => {
  const length = Number(/^\/bulk\/(\d+)$/.exec(incoming.url ?? "")?.[1] ?? NaN);
  if (Number.isNaN(length)) {
    return outgoing.writeHead(200, { "content-type": "application/json" }).end(small);
  }
  outgoing.writeHead(200, { "content-length": length });
  let sent = 0;
  const more = () => {
    while (sent < length) {
      const bytes = piece.subarray(0, Math.min(piece.length, length - sent));
      sent += bytes.length;
      if (!outgoing.write(bytes)) return void outgoing.once("drain", more);
    }
    outgoing.end();
  };
  more();
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => announce(`${(server.address() as AddressInfo).port}`));
