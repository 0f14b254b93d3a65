/** Starting a server of the demo on loopback. @module */
import type { Server, Socket } from "node:net";

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops it, with the connections that it has. */
  close(): void;
}

const maxConnections = 64;

/** Listens on 127.0.0.1, on a port of the system's choice. */
export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was bound.");
  return {
    port: address.port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
