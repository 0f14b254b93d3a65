/** UDP sockets of this machine, behind the port `Udp`. @module */
import { createSocket } from "node:dgram";
import type { BindUdpOptions, Endpoint, Udp, UdpSocket } from "../actions/ports.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import { BoundUdpSocket } from "./bound_udp_socket.ts";
import { ConnectedUdpSocket } from "./connected_udp_socket.ts";
import { toListenError } from "./listen_fault.ts";
import { socketError } from "./socket_fault.ts";

/**
 * Opens UDP sockets. Those with one peer are `Deno.listenDatagram`, which moves three times as many datagrams as
 * `node:dgram`; those that are bound are `node:dgram`, which alone has `ipv6Only`, sources of groups and their time to live.
 */
export class SystemUdp implements Udp {
  /** A socket for one peer. */
  // deno-lint-ignore require-await
  async connect(peer: Endpoint): Promise<UdpSocket> {
    const parsed = parseIpAddress(peer.address);
    if (!parsed) throw socketError("unreachable", "connect");
    const { isLoopback, any, own } = localAddresses[parsed.family];
    try {
      const hostname = isLoopback.test(peer.address) ? own : any;
      return new ConnectedUdpSocket(
        Deno.listenDatagram({ transport: "udp", hostname, port: 0, loopback: true }),
        peer,
      );
    } catch (fault) {
      throw toListenError(fault);
    }
  }

  /** A socket that is bound to an address. */
  async bind(options: BindUdpOptions): Promise<UdpSocket> {
    const { address, port, ipv6Only, sharesAddress } = options;
    const type = parseIpAddress(address)?.family === 6 ? "udp6" : "udp4";
    const socket = createSocket({ type, ipv6Only, reuseAddr: sharesAddress });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind({ address, port: port ?? 0, exclusive: !sharesAddress }, () => {
          socket.off("error", reject);
          resolve();
        });
      });
      // The system itself then refuses to send to a broadcast address, be it that of a subnet.
      socket.setBroadcast(false);
      socket.setMulticastTTL(options.multicastTimeToLive);
      socket.setMulticastLoopback(options.multicastLoopback);
      return new BoundUdpSocket(socket);
    } catch (fault) {
      try {
        socket.close();
      } catch {
        // It never opened.
      }
      throw toListenError(fault);
    }
  }
}

/** Where a socket for one peer is bound: nobody else reaches it there when the peer is this computer. */
const localAddresses = {
  4: { isLoopback: /^127\./, own: "127.0.0.1", any: "0.0.0.0" },
  6: { isLoopback: /^::1$/, own: "::1", any: "::" },
} as const;
