/** A real IRC server: ngIRCd, without passwords, on loopback. @module */
import { type PeerServer, startPeer } from "./peer_process.ts";

/** Starts the server, and resolves once it takes connections. */
export function startNgircd(): Promise<PeerServer> {
  return startPeer({
    command: "ngircd",
    debianPackage: "ngircd",
    files: (port) => ({
      "ngircd.conf": `
[Global]
Name = irc.example.test
Info = Gatehouse's tests
AdminInfo1 = Nobody
AdminEMail = nobody@example.test
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = Welcome
PidFile =
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local1
`,
    }),
    // It gives up its rights before it reads the file again.
    prepare: (directory) =>
      Deno.chmod(directory, 0o755).then(() => Deno.chmod(`${directory}/ngircd.conf`, 0o644)),
    args: (directory) => ["-n", "-f", `${directory}/ngircd.conf`],
  });
}
