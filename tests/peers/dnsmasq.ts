/** A real name server, dnsmasq, which knows a few names and asks nobody else. @module */
import { type PeerServer, startPeer } from "./peer_process.ts";

/** Starts dnsmasq. */
export function startDnsmasq(addresses: Readonly<Record<string, string>>): Promise<PeerServer> {
  return startPeer({
    command: "dnsmasq",
    debianPackage: "dnsmasq-base",
    files: (port, directory) => ({
      "dnsmasq.conf": [
        `port=${port}`,
        "listen-address=127.0.0.1",
        "bind-interfaces",
        "no-resolv",
        "no-hosts",
        `pid-file=${directory}/pid`,
        "user=",
        "group=",
        ...Object.entries(addresses).map(([name, address]) => `host-record=${name},${address}`),
        "",
      ].join("\n"),
    }),
    args: (directory) => ["--keep-in-foreground", `--conf-file=${directory}/dnsmasq.conf`],
  });
}
