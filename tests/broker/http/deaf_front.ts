/** A front in a process of its own, for a test that takes its file descriptors away: prints its port, then serves. @module */
import { startFront } from "../../../broker/http/front_server.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";

const front = await startFront({
  port: 0,
  handler: () => Promise.resolve(new Response("served")),
  upgrade: (_incoming, socket) => socket.destroy(),
  clock: systemClock,
  log: { info: () => {}, error: () => {} },
  limits: { headersTimeoutMs: 2000, checkIntervalMs: 100 },
});
Deno.stdout.writeSync(new TextEncoder().encode(`${front.port}\n`));
