/** Servers that npm has, each a process: `npm_server.js NAME CERTIFICATES` prints its port once it listens. @module */
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";

/** A Modbus device: 100 registers and 100 coils. */
async function modbus() {
  const { ServerTCP } = (await import("modbus-serial")).default;
  const registers = new Uint16Array(100);
  const coils = new Uint8Array(100);
  const server = new ServerTCP({
    getHoldingRegister: (address) => registers[address],
    setRegister: (address, value) => void (registers[address] = value),
    getCoil: (address) => coils[address] === 1,
    setCoil: (address, value) => void (coils[address] = value ? 1 : 0),
  }, { host: "127.0.0.1", port: 0 });
  server.on("socketError", () => {}); // A client that is cut is what the test is about.
  await new Promise((resolve) => server.on("initialized", resolve));
  return server._server.address().port;
}

/** An MQTT broker. */
async function mqtt() {
  const { Aedes } = await import("aedes");
  const broker = await Aedes.createBroker();
  return await listen(createServer(broker.handle));
}

/** An SMTP server that takes mail after STARTTLS alone. */
async function smtp() {
  const { SMTPServer } = (await import("smtp-server")).default;
  const server = new SMTPServer({
    authOptional: true,
    cert: await Deno.readTextFile(`${certificates}loopback.pem`),
    key: await Deno.readTextFile(`${certificates}server.key.pem`),
    onMailFrom: (_address, { secure }, callback) =>
      callback(secure ? null : new Error("STARTTLS first")),
    onData(stream, _session, callback) {
      stream.resume().on("end", () => callback(null));
    },
  });
  server.on("error", () => {}); // A client that is cut is what the test is about.
  return await listen(server);
}

/** An SSH server that knows one password, and answers every command with its text. */
async function ssh() {
  const { Server } = (await import("ssh2")).default;
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (attempt) => {
      if (attempt.method === "password" && attempt.password === "correct horse") attempt.accept();
      else attempt.reject(["password"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (accept, _reject, { command }) => {
        const stream = accept();
        stream.write(`ran ${command}`);
        stream.exit(0);
        stream.end();
      });
    });
  });
  return await listen(server);
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.server ?? server).address().port;
}

const servers = { modbus, mqtt, smtp, ssh };
const [name, certificates] = Deno.args;
const port = await servers[name]();
await Deno.stdout.write(Buffer.from(`${port}\n`));
