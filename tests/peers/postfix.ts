/** A real SMTP server: Postfix, which takes mail after STARTTLS alone and delivers it to a Maildir, on loopback. Runs as root. @module */
import { fileURLToPath } from "node:url";
import { type PeerServer, startPeer } from "./peer_process.ts";

const certificates = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));
const daemons = "/usr/lib/postfix/sbin";
const patienceMs = 10_000;

/** An SMTP server that runs. */
export interface SmtpServer extends PeerServer {
  /** Resolves with the first message that is delivered. */
  delivered(): Promise<string>;
}

/** Starts the server, and resolves once it greets. It shows the certificate for mail.example.com. */
export async function startPostfix(): Promise<SmtpServer> {
  const server = await startPeer({
    command: `${daemons}/master`,
    debianPackage: "postfix",
    greeting: "220",
    files: (port, directory) => ({
      "main.cf": mainConfiguration(directory),
      "master.cf": services(port),
    }),
    async prepare(directory) {
      await Deno.chmod(directory, 0o755);
      for (const [name, owner] of [["queue", "root"], ["data", "postfix"], ["mail", "mail"]]) {
        await Deno.mkdir(`${directory}/${name}`);
        await run("chown", `${owner}:`, `${directory}/${name}`);
      }
      // Makes what is missing in the queue's directory.
      await run("postfix", "-c", directory, "check");
    },
    args: (directory) => ["-c", directory, "-d"],
  });
  return {
    ...server,
    async delivered() {
      const untilMs = performance.now() + patienceMs;
      while (performance.now() < untilMs) {
        const [name] = await fileNames(`${server.directory}/mail/ada/new`);
        if (name) return await Deno.readTextFile(`${server.directory}/mail/ada/new/${name}`);
        await new Promise((resolve) => setImmediate(resolve)); // Leave the processor to the server.
      }
      throw new Error("Postfix accepted the message and did not deliver it");
    },
  };
}

function mainConfiguration(directory: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
daemon_directory = ${daemons}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${directory}/log
maillog_file_prefixes = ${directory}
myhostname = mail.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.com
virtual_mailbox_base = ${directory}/mail
virtual_mailbox_maps = static:ada/
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${certificates}loopback.pem
smtpd_tls_key_file = ${certificates}server.key.pem
`;
}

function services(port: number): string {
  return `
127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`;
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (success) return;
  throw new Error([stdout, stderr].map((text) => new TextDecoder().decode(text)).join("\n"));
}

async function fileNames(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch {
    return []; // It makes the directory with the first message.
  }
}
