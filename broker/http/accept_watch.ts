/**
 * Watches that a server still takes connections.
 *
 * When a process runs out of file descriptors, Deno's `node:http` stops accepting for good and tells nobody (measured on
 * Deno 2.9.6), so a broker would stay deaf long after the descriptors are free again. A connection to itself finds out.
 *
 * @module
 */
import { connect } from "node:net";
import type { Server } from "node:http";
import type { Clock, Log } from "../actions/ports.ts";

/** How often a server that has gone quiet is looked at. */
export const acceptCheckIntervalMs = 1000;
/** A server with fewer connections than this is hardly out of descriptors, and is tried less often. */
const busyConnections = 16;
const idleChecksPerTrial = 15;

/**
 * Watches until the returned function is called.
 *
 * @param server A server that listens on `address` and `port`. It is made to listen anew when it takes no connections.
 */
export function watchAccept(
  server: Server,
  address: string,
  port: number,
  clock: Clock,
  log: Log,
): () => void {
  let open = 0;
  let peakOpen = 0;
  let accepted = 0;
  let acceptedBefore = 0;
  let idleChecks = 0;
  let over = false;
  let stopTimer = () => {};
  server.on("connection", (socket) => {
    accepted++;
    peakOpen = Math.max(peakOpen, ++open);
    socket.once("close", () => open--);
  });

  const check = () => {
    if (over) return;
    const quiet = accepted === acceptedBefore;
    acceptedBefore = accepted;
    idleChecks = quiet ? idleChecks + 1 : 0;
    const due = peakOpen >= busyConnections || idleChecks % idleChecksPerTrial === 0;
    if (quiet && due) tryConnecting();
    else later();
  };
  const later = () => {
    if (!over) stopTimer = clock.setTimer(acceptCheckIntervalMs, check);
  };
  const tryConnecting = () => {
    const trial = connect({ host: address, port });
    let reached = false;
    trial.once("connect", () => reached = true);
    // No descriptor for the trial itself: too early to tell.
    trial.once("error", () => {});
    stopTimer = clock.setTimer(acceptCheckIntervalMs, () => {
      trial.destroy();
      const deaf = reached && accepted === acceptedBefore;
      peakOpen = deaf ? peakOpen : open;
      if (deaf) listenAnew();
      later();
    });
  };
  const listenAnew = () => {
    log.error("accept-stalled", new Error("The server took no connections; it listens anew."), {
      address,
      port,
    });
    server.close();
    server.listen({ host: address, port, exclusive: true });
  };
  later();
  return () => {
    over = true;
    stopTimer();
  };
}
