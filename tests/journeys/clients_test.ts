/** Clients that were written for Node, unchanged, in Chromium, against servers that npm has. @module */
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { testCa } from "../broker/network/tls_server.ts";
import { type ClientJourney, setClientStage } from "../peers/client_stage.ts";

/** By client: what it is told beside its port, and what must come of it. */
const journeys: Record<string, Omit<ClientJourney, "client" | "given"> & { given: object }> = {
  mqtt: { given: {}, result: ["gatehouse/door", "open"], cut: "ECONNABORTED" },
  modbus: { given: {}, result: [[17, 4711], true], cut: "ECONNABORTED" },
  smtp: {
    given: { servername: "mail.example.com" },
    result: { accepted: ["ada@example.com"], secure: true },
    cut: "ESOCKET",
  },
  ssh: {
    given: { username: "ada", password: "correct horse" },
    result: ["ran echo hello from $((40 + 2))", 0],
    cut: "ECONNABORTED",
  },
};

Deno.test("mqtt, modbus-serial, nodemailer and ssh2, unchanged: ask, work, are cut by a revoke", async (t) => {
  await using stage = await setClientStage(Object.keys(journeys), {
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  for (const [client, journey] of Object.entries(journeys)) {
    await t.step(client, async () => {
      const server = await stage.startNpmServer(client);
      try {
        await stage.play({ client, ...journey, given: { ...journey.given, port: server.port } });
      } finally {
        await server.stop();
      }
    });
  }
});
