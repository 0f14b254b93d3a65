/** What an OPEN asks for, as the target that a person is asked about. @module */
import type { OpenFrame } from "../schema/relay.ts";

/** The target of a socket: `imap.example.com:993`; a bound one without a port may get any from 32768. */
export function openTarget(frame: OpenFrame): string {
  switch (frame.protocol) {
    case "fetch":
      return `${new URL(frame.url).origin}/*`;
    case "resume":
      return ""; // Nobody is asked about what is open.
    case "tcp-server":
      return hostAndPort(frame.localAddress, frame.localPort ?? "32768-65535");
    case "tcp":
      return remoteTarget(frame.remoteAddress, frame.remotePort);
    case "udp":
      return frame.localAddress === undefined
        ? remoteTarget(frame.remoteAddress ?? "", frame.remotePort ?? 0)
        : hostAndPort(frame.localAddress, frame.localPort ?? "32768-65535");
  }
}

/** Without a host of its own a socket may leave its port to the person too. */
function remoteTarget(host: string, port: number): string {
  return hostAndPort(host, host === "*" && port === 0 ? "*" : port);
}

function hostAndPort(host: string, port: number | string): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
