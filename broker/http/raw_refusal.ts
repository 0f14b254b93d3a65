/** Refusing before any handler runs: problem details written straight to the connection, which is then closed. @module */
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Problem } from "../schema/problem.ts";
import { problemMediaType } from "./problem.ts";

/** Answers a request with a problem, and closes its connection. */
export function refuseResponse(outgoing: ServerResponse, problem: Problem): void {
  outgoing.writeHead(problem.status, { ...headersOf(problem), connection: "close" });
  outgoing.end(JSON.stringify(problem));
}

/** Answers an upgrade with a problem instead, and closes its connection. */
export function refuseSocket(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem);
  const headers = {
    ...headersOf(problem),
    "content-length": String(new TextEncoder().encode(body).byteLength),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}\r\n${lines}\r\n${body}`,
    // Nothing watches over an upgrade's socket: a client that holds on to its half would keep it for ever.
    () => socket.destroy(),
  );
}

function headersOf(problem: Problem): Record<string, string> {
  return {
    "content-type": problemMediaType,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    ...(problem.retryAfterMs !== undefined &&
      { "retry-after": String(Math.ceil(problem.retryAfterMs / 1000)) }),
  };
}
