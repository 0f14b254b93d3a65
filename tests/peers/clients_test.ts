/** Clients that were written for Node, unchanged, in Chromium, against real servers of Debian's. @module */
import { setClientStage } from "./client_stage.ts";
import { startMosquitto } from "./mosquitto.ts";

Deno.test("clients of npm, unchanged: each asks, is allowed, works, and is cut by a revoke", async (t) => {
  await using stage = await setClientStage(["mqtt"]);

  await t.step("mqtt and Mosquitto", async () => {
    const server = await startMosquitto();
    try {
      await stage.play({
        client: "mqtt",
        given: { port: server.port },
        result: ["gatehouse/door", "open"],
        cut: "ECONNABORTED",
      });
    } finally {
      await server.stop();
    }
  });
});
