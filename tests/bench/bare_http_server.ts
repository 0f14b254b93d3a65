/** A bare server of the kind that stands in front of Gatehouse: reads a JSON body, answers one. @module */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "srvx/node";
import { announce } from "./process.ts";

const answer = toNodeHandler(async (request) => {
  const { capability, target } = await request.json();
  return Response.json({ state: "granted", reason: capability, message: `Allowed: ${target}.` });
}) as (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;
const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
server.listen(0, "127.0.0.1", () => announce(`${(server.address() as AddressInfo).port}`));
