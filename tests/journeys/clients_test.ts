/** Clients that were written for Node, unchanged, in Chromium, against servers that npm has. @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { echo, testCa, TlsServer } from "../broker/network/tls_server.ts";
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

/** An HTTP server that echoes, and one answer of which has no end. */
async function startHttp(): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method === "POST") return request.pipe(response);
    const more = () => response.write(new Uint8Array(1000), (fault) => fault ?? more());
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

Deno.test("mqtt, modbus-serial, nodemailer, ssh2 and libcurl.js, unchanged: ask, work, are cut by a revoke", async (t) => {
  await using stage = await setClientStage([...Object.keys(journeys), "libcurl"], {
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
  await t.step("libcurl.js, over Wisp", async () => {
    const server = await startHttp();
    using encrypted = new TlsServer("loopback", echo);
    try {
      await stage.play({
        client: "libcurl",
        given: { port: server.port, tlsPort: encrypted.port },
        alsoAsks: [`127.0.0.1:${encrypted.port}`],
        // The TLS is libcurl's own: it came as far as a certificate that libcurl does not trust.
        result: [200, "posted by libcurl", true],
        // An answer that has no end ends: that is how libcurl.js tells that a stream was closed.
        cut: "ended",
      });
    } finally {
      await server.stop();
    }
  });
});
