/** A real POP3 server with two messages in it: Dovecot where it is installed, else WildDuck's from npm. @module */
import { startDovecot } from "./dovecot.ts";
import { findProgram, type PeerServer, startPeer } from "./peer_process.ts";

/** A POP3 server that runs on loopback. */
export interface Pop3Server {
  /** What it is: `dovecot` or `wildduck`. */
  readonly product: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The subjects of the messages in its mailbox, in order. */
  readonly subjects: readonly string[];
  stop(): Promise<void>;
}

const user = "ada";
const password = "correct horse";
const subjects = ["Welcome to the analytical engine", "Notes on the Bernoulli numbers"];

/** A message with a subject. */
export function message(subject: string): string {
  return [
    "From: Charles <charles@example.com>",
    "To: Ada <ada@example.com>",
    `Subject: ${subject}`,
    "Date: Thu, 20 Nov 2026 09:00:00 +0000",
    "",
    `This is the message called ${subject}.`,
    ".A line that starts with a dot.",
    "",
  ].join("\r\n");
}

/** Starts the server, and resolves once it greets. */
export async function startPop3Server(): Promise<Pop3Server> {
  const installed = await findProgram("dovecot") !== null;
  const server = installed
    ? await startDovecot("pop3", { user, password, messages: subjects.map(message) })
    : await startWildduck();
  const product = installed ? "dovecot" : "wildduck";
  return { product, port: server.port, user, password, subjects, stop: server.stop };
}

function startWildduck(): Promise<PeerServer> {
  return startPeer({
    command: "node",
    debianPackage: "nodejs",
    greeting: "+OK",
    files: (port) => ({ "package.json": "{}", "server.cjs": serverSource(port) }),
    prepare: installWildduck,
    args: (directory) => [`${directory}/server.cjs`],
  });
}

async function installWildduck(directory: string): Promise<void> {
  const options = ["--ignore-scripts", "--omit=optional", "--omit=dev", "--no-audit", "--no-fund"];
  const { success, stderr } = await new Deno.Command("npm", {
    args: ["install", "--prefix", directory, ...options, "wildduck@1.46.1"],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).slice(-2000));
}

function serverSource(port: number): string {
  return `
const POP3Server = require("wildduck/lib/pop3/server.js");
const { Readable } = require("node:stream");
const messages = ${JSON.stringify(subjects.map(message))};
const server = new POP3Server({
  id: "test",
  disableSTARTTLS: true,
  onAuth: (auth, session, callback) =>
    callback(null, auth.username === ${JSON.stringify(user)} && auth.password === ${
    JSON.stringify(password)
  }
      ? { user: { id: "ada", username: auth.username } }
      : undefined),
  onListMessages: (session, callback) =>
    callback(null, {
      messages: messages.map((text, index) => ({ id: String(index + 1), uid: index + 1, size: Buffer.byteLength(text), seen: false })),
      count: messages.length,
      size: messages.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    }),
  onFetchMessage: (message, session, callback) => callback(null, Readable.from([Buffer.from(messages[message.uid - 1])])),
  onUpdate: (update, session, callback) => callback(null, true),
});
server.loggelf = () => {}; // Where WildDuck keeps its own books.
server.listen(${port}, "127.0.0.1");
`;
}
