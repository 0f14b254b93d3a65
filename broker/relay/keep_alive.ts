/** Keep-alive: tells a relay that is only silent from one whose other end is gone. @module */
import type { Clock } from "../actions/ports.ts";
import type { RelaySocket } from "./relay_socket.ts";

/**
 * Pings the other end at intervals, and cuts the WebSocket when a ping was not answered by the time of the next.
 *
 * @param excused Whether an answer may be missing because nothing is read from the WebSocket just now.
 * @returns Ends it.
 */
export function keepAlive(
  webSocket: RelaySocket,
  clock: Pick<Clock, "setTimer">,
  pingIntervalMs: number,
  excused: () => boolean = () => false,
): () => void {
  let answered = true;
  const beat = () => {
    if (!answered && !excused()) return webSocket.terminate();
    answered = false;
    webSocket.ping();
    cancel = clock.setTimer(pingIntervalMs, beat);
  };
  webSocket.on("pong", () => answered = true);
  let cancel = clock.setTimer(pingIntervalMs, beat);
  return () => cancel();
}
