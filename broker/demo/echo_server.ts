/** The echo server of the practice app. @module */
import { createServer, type Server } from "node:net";

/** A server that sends back what it is sent, and closes when the other side does. */
export function echoServer(): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
}
