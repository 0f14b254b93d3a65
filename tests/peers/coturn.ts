/** A real STUN server: coturn, on loopback. @module */
import { type PeerServer, startPeer } from "./peer_process.ts";

/** Starts the server, and resolves once it takes connections. */
export function startCoturn(): Promise<PeerServer> {
  return startPeer({
    command: "turnserver",
    debianPackage: "coturn",
    files: (port, directory) => ({
      "turnserver.conf": `
listening-ip=127.0.0.1
listening-port=${port}
stun-only
no-tls
no-dtls
no-cli
log-file=stdout
simple-log
pidfile=${directory}/pid
userdb=${directory}/users
`,
    }),
    args: (directory) => ["-c", `${directory}/turnserver.conf`],
  });
}
