/** A real SSH server: OpenSSH, for this user alone, by one key, on loopback. @module */
import { userInfo } from "node:os";
import { type PeerServer, startPeer } from "./peer_process.ts";

/** An SSH server that runs. */
export interface SshServer extends PeerServer {
  readonly username: string;
  /** The private key that lets the user in, PEM. */
  readonly privateKey: string;
}

/** Starts the server, and resolves once it greets. */
export async function startOpenssh(): Promise<SshServer> {
  const server = await startPeer({
    command: "sshd",
    debianPackage: "openssh-server",
    greeting: "SSH-2.0",
    files: (port, directory) => ({
      "message.txt": "Read by SFTP",
      "sshd_config": `
ListenAddress 127.0.0.1:${port}
HostKey ${directory}/host_key
AuthorizedKeysFile ${directory}/user_key.pub
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
`,
    }),
    async prepare(directory) {
      // Keys that the browser build of npm's crypto can check and sign with: it knows no Ed25519.
      await makeKey(directory, "host_key", "ecdsa", "256");
      await makeKey(directory, "user_key", "rsa", "2048");
      // Where sshd, started as root, locks its unprivileged half up. Debian's service makes it at boot.
      if (userInfo().uid === 0) await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
    },
    args: (directory) => ["-D", "-e", "-f", `${directory}/sshd_config`],
  });
  const privateKey = await Deno.readTextFile(`${server.directory}/user_key`);
  return { ...server, username: userInfo().username, privateKey };
}

async function makeKey(directory: string, name: string, type: string, bits: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("ssh-keygen", {
    args: ["-q", "-N", "", "-m", "PEM", "-t", type, "-b", bits, "-f", `${directory}/${name}`],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
