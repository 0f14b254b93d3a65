/** Clients that were written for Node, unchanged, in Chromium, against real servers of Debian's. @module */
import assert from "node:assert/strict";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { testCa } from "../broker/network/tls_server.ts";
import { setClientStage } from "./client_stage.ts";
import { startDovecot } from "./dovecot.ts";
import { startMosquitto } from "./mosquitto.ts";
import { startNgircd } from "./ngircd.ts";
import { startOpenssh } from "./openssh.ts";
import { message } from "./pop3_server.ts";
import { startPostfix } from "./postfix.ts";
import { startPrintServer } from "./print_server.ts";

Deno.test("clients of npm, unchanged: each asks, is allowed, works, and is cut by a revoke", async (t) => {
  const clients = ["imap", "irc", "mqtt", "print", "smtp", "ssh"];
  await using stage = await setClientStage(clients, {
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  const step = async <Server extends { port: number; stop(): Promise<void> }>(
    name: string,
    start: () => Promise<Server> | Server,
    play: (server: Server) => Promise<void>,
  ) => {
    await t.step(name, async () => {
      const server = await start();
      try {
        await play(server);
      } finally {
        await server.stop();
      }
    });
  };

  await step("mqtt and Mosquitto", startMosquitto, ({ port }) =>
    stage.play({
      client: "mqtt",
      given: { port },
      result: ["gatehouse/door", "open"],
      cut: "ECONNABORTED",
    }));

  const mailbox = { user: "ada", password: "correct horse" };
  const subjects = ["Welcome to the analytical engine", "Notes on the Bernoulli numbers"];
  await step(
    "imapflow over TLS and Dovecot",
    () => startDovecot("imaps", { ...mailbox, messages: subjects.map(message) }),
    ({ port }) =>
      stage.play({
        client: "imap",
        given: { port, ...mailbox },
        result: {
          exists: 2,
          subjects,
          text: `This is the message called ${subjects[0]}.`,
          seen: [1],
        },
        cut: "ECONNABORTED",
      }),
  );

  await step(
    "nodemailer with STARTTLS and Postfix",
    startPostfix,
    async ({ port, delivered }) => {
      await stage.play({
        client: "smtp",
        given: { port, servername: "mail.example.com" },
        result: { accepted: ["ada@example.com"], secure: true },
        cut: "ESOCKET",
      });
      const message = await delivered();
      assert.match(message, /^Subject: Notes on the engine$/m);
      assert.match(message, /^Sent from a web page\.$/m);
    },
  );

  await step("irc-framework and ngIRCd", startNgircd, ({ port }) =>
    stage.play({
      client: "irc",
      given: { port },
      result: ["ada", "#gatehouse", "Notes on the engine"],
      cut: "closed",
    }));

  await step(
    "ssh2 and OpenSSH",
    startOpenssh,
    ({ port, username, privateKey, directory }) =>
      stage.play({
        client: "ssh",
        given: { port, username, privateKey, file: `${directory}/message.txt` },
        result: ["hello from 42\n", 0, "Read by SFTP"],
        cut: "ECONNABORTED",
      }),
  );

  await step("a raw print job to port 9100's protocol", startPrintServer, async (printer) => {
    const jobBytes = 3_000_000;
    await stage.play({
      client: "print",
      given: { port: printer.port, jobBytes },
      result: ["CODE=10001", "ONLINE=TRUE", "PAGES=1"],
      cut: "NetworkError permission-ended",
    });
    const [job] = printer.jobs;
    assert.equal(job?.length, jobBytes);
    assert.equal(job.findIndex((byte, n) => byte !== 28 + n % 200), -1);
  });
});
