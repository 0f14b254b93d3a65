/** A real SMTP server: OpenSMTPD, which takes mail after STARTTLS alone, on loopback. It runs as root, once on a machine. @module */
import { type PeerServer, startPeer } from "./peer_process.ts";

const patienceMs = 10_000;

/** An SMTP server that runs. */
export interface SmtpServer extends PeerServer {
  /** Resolves with the first message that is delivered. */
  delivered(): Promise<string>;
}

/** A certificate for a name, by an authority of its own. */
export interface NamedCertificate {
  readonly name: string;
  /** The authority, PEM. */
  readonly ca: string;
  readonly directory: string;
}

/**
 * Makes an authority and a certificate with RSA keys: Debian's OpenSMTPD cannot sign with the elliptic curve of
 * tests/fixtures/tls.
 */
export async function makeRsaCertificate(name: string): Promise<NamedCertificate> {
  const directory = await Deno.makeTempDir({ prefix: "gatehouse-certificate-" });
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", {
      args: ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...args],
      cwd: directory,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  await openssl("-subj", "/CN=Authority", "-keyout", "ca.key", "-out", "ca.pem");
  const names = `subjectAltName=DNS:${name}`;
  await openssl(
    ...["-subj", `/CN=${name}`, "-addext", names, "-addext", "basicConstraints=CA:FALSE"],
    ...["-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.pem"],
  );
  return { name, directory, ca: await Deno.readTextFile(`${directory}/ca.pem`) };
}

/** Starts the server, and resolves once it greets. */
export async function startOpensmtpd(certificate: NamedCertificate): Promise<SmtpServer> {
  const server = await startPeer({
    command: "smtpd",
    debianPackage: "opensmtpd",
    greeting: "220",
    files: (port, directory) => ({
      "smtpd.conf": `
pki ${certificate.name} cert "${certificate.directory}/server.pem"
pki ${certificate.name} key "${certificate.directory}/server.key"
listen on 127.0.0.1 port ${port} tls-require pki ${certificate.name} hostname ${certificate.name}
action "keep" maildir "${directory}/mail" user root
match from any for any action "keep"
`,
    }),
    prepare: (directory) => Deno.chmod(directory, 0o755),
    args: (directory) => ["-d", "-f", `${directory}/smtpd.conf`],
  });
  return {
    ...server,
    async delivered() {
      const untilMs = performance.now() + patienceMs;
      while (performance.now() < untilMs) {
        const [name] = await fileNames(`${server.directory}/mail/new`);
        if (name) return await Deno.readTextFile(`${server.directory}/mail/new/${name}`);
        await new Promise((resolve) => setImmediate(resolve)); // Leave the processor to the server.
      }
      throw new Error("OpenSMTPD accepted the message and did not deliver it");
    },
  };
}

async function fileNames(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch {
    return []; // It makes the directory with the first message.
  }
}
