/** A real mail server: Dovecot with one user and a Maildir of messages, by POP3 or by IMAP over TLS, on loopback. @module */
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { type PeerServer, startPeer } from "./peer_process.ts";

const certificates = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));

/** Who has mail. */
export interface Mailbox {
  readonly user: string;
  readonly password: string;
  /** Whole messages (RFC 5322). */
  readonly messages: readonly string[];
}

/** How each protocol is switched on; the certificate is the one for 127.0.0.1. */
const protocols = {
  pop3: (port: number) => `
protocols = pop3
ssl = no
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}`,
  imaps: (port: number) => `
protocols = imap
ssl = required
ssl_cert = <${certificates}loopback.pem
ssl_key = <${certificates}server.key.pem
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}`,
};

/** Starts the server, and resolves once it greets, or takes connections where it greets by TLS. */
export function startDovecot(
  protocol: keyof typeof protocols,
  mailbox: Mailbox,
): Promise<PeerServer> {
  // Dovecot refuses to handle mail as root, so root lends the mailbox to the system's own mail user.
  const self = userInfo();
  const asRoot = self.uid === 0;
  const owner = asRoot ? "mail" : self.username;
  return startPeer({
    command: "dovecot",
    debianPackage: protocol === "pop3" ? "dovecot-pop3d" : "dovecot-imapd",
    greeting: protocol === "pop3" ? "+OK" : "",
    files: (port, directory) => ({
      users: `${mailbox.user}:{PLAIN}${mailbox.password}::::::\n`,
      "dovecot.conf": `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
listen = 127.0.0.1
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
${protocols[protocol](port)}
`,
    }),
    async prepare(directory) {
      await fillMaildir(`${directory}/mail/${mailbox.user}`, mailbox.messages);
      if (!asRoot) return;
      await new Deno.Command("chown", { args: ["-R", "mail:mail", `${directory}/mail`] }).output();
      await Deno.chmod(directory, 0o755);
      await Deno.chmod(`${directory}/users`, 0o644);
    },
    args: (directory) => ["-F", "-c", `${directory}/dovecot.conf`],
  });
}

async function fillMaildir(maildir: string, messages: readonly string[]): Promise<void> {
  for (const part of ["new", "cur", "tmp"]) {
    await Deno.mkdir(`${maildir}/${part}`, { recursive: true });
  }
  for (const [index, text] of messages.entries()) {
    const name = `${1_700_000_000 + index}.M${index}.localhost`;
    await Deno.writeTextFile(`${maildir}/new/${name}`, text);
  }
}
