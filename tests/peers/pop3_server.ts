/** A real POP3 server with two messages in it: Dovecot where it is installed, else WildDuck's from npm. @module */
import { userInfo } from "node:os";

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

function message(subject: string): string {
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
  const directory = await Deno.makeTempDir({ prefix: "gatehouse-pop3-" });
  const port = freePort();
  const dovecot = await findDovecot();
  const child = dovecot
    ? await startDovecot(dovecot, directory, port)
    : await startWildduck(directory, port);
  await greeting(port, child);
  return {
    product: dovecot ? "dovecot" : "wildduck",
    port,
    user,
    password,
    subjects,
    async stop() {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself; the test that needed it has said so.
      }
      await child.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

async function findDovecot(): Promise<string | null> {
  for (
    const directory of [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"]
  ) {
    const path = `${directory}/dovecot`;
    if (await Deno.stat(path).then((found) => found.isFile, () => false)) return path;
  }
  return null;
}

async function startDovecot(
  path: string,
  directory: string,
  port: number,
): Promise<Deno.ChildProcess> {
  // Dovecot refuses to handle mail as root, so root lends the mailbox to the system's own mail user.
  const self = userInfo();
  const asRoot = self.uid === 0;
  const owner = asRoot ? "mail" : self.username;
  const maildir = `${directory}/mail/${user}`;
  for (const part of ["new", "cur", "tmp"]) {
    await Deno.mkdir(`${maildir}/${part}`, { recursive: true });
  }
  for (const [index, subject] of subjects.entries()) {
    await Deno.writeTextFile(
      `${maildir}/new/${1_700_000_000 + index}.M${index}.localhost`,
      message(subject),
    );
  }
  await Deno.writeTextFile(`${directory}/users`, `${user}:{PLAIN}${password}::::::\n`);
  await Deno.writeTextFile(
    `${directory}/dovecot.conf`,
    `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
protocols = pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${directory}/mail/%u
mail_uid = ${owner}
mail_gid = ${asRoot ? "mail" : self.gid}
first_valid_uid = 1
first_valid_gid = 1
${asRoot ? "" : `default_login_user = ${owner}\ndefault_internal_user = ${owner}\n`}
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${directory}/users
}
userdb {
  driver = passwd-file
  args = ${directory}/users
}
service anvil {
  chroot =
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
`,
  );
  if (asRoot) {
    await run("chown", ["-R", "mail:mail", `${directory}/mail`]);
    await Deno.chmod(directory, 0o755);
  }
  return new Deno.Command(path, {
    args: ["-F", "-c", `${directory}/dovecot.conf`],
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function startWildduck(directory: string, port: number): Promise<Deno.ChildProcess> {
  await Deno.writeTextFile(`${directory}/package.json`, "{}");
  const options = ["--ignore-scripts", "--omit=optional", "--omit=dev", "--no-audit", "--no-fund"];
  await run("npm", ["install", "--prefix", directory, ...options, "wildduck@1.46.1"]);
  await Deno.writeTextFile(
    `${directory}/server.js`,
    `
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
`,
  );
  return new Deno.Command("node", {
    args: ["server.js"],
    cwd: directory,
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

async function run(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`${command} failed: ${new TextDecoder().decode(stderr).slice(-2000)}`);
  }
}

/** Resolves once the server greets; it may refuse connections until it has started. */
async function greeting(port: number, child: Deno.ChildProcess): Promise<void> {
  let exited = false;
  child.status.then(() => exited = true);
  const untilMs = Date.now() + 20_000;
  while (!exited && Date.now() < untilMs) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const buffer = new Uint8Array(3);
      await connection.read(buffer);
      connection.close();
      if (new TextDecoder().decode(buffer) === "+OK") return;
    } catch (fault) {
      if (!(fault instanceof Deno.errors.ConnectionRefused)) throw fault;
      // A refusal answers at once; leave the processor to the server that is starting.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  throw new Error("The POP3 server did not start. Install Dovecot: apt-get install dovecot-pop3d");
}
