/** A UDP socket for one peer, over `Deno.listenDatagram`. @module */
import type { Endpoint, UdpSocket, UdpSocketEvents } from "../actions/ports.ts";
import { maxDatagramBytes } from "../schema/datagram_wire.ts";
import { socketError, toConnectError } from "./socket_fault.ts";

/** Lets in only what its peer sends, and sends to nobody else. */
export class ConnectedUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #conn: Deno.DatagramConn;
  readonly #to: Deno.NetAddr;
  #closed = false;

  /** @param peer The other end, as it was decided on: an IP address in canonical form. */
  constructor(conn: Deno.DatagramConn, peer: Endpoint) {
    this.#conn = conn;
    this.#to = { transport: "udp", hostname: peer.address, port: peer.port };
    const { hostname, port } = conn.addr as Deno.NetAddr;
    this.local = { address: hostname, port };
  }

  /** Starts receiving. */
  receive({ onDatagram, onFault }: UdpSocketEvents): void {
    this.#receiveAll(onDatagram).catch((fault) => {
      if (this.#closed) return;
      this.close();
      onFault(toConnectError(fault, "transfer"));
    });
  }

  /** Sends a datagram; `to` is the peer. */
  async send(bytes: Uint8Array, _to: Endpoint): Promise<void> {
    try {
      await this.#conn.send(bytes, this.#to);
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Refuses: only bound sockets join groups. */
  join(): void {
    throw socketError("unreachable", "transfer");
  }

  /** Does nothing: there is none to leave. */
  leave(): void {}

  /** Closes it; what is being received or sent is broken off. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  async #receiveAll(onDatagram: UdpSocketEvents["onDatagram"]): Promise<void> {
    // As long as the longest datagram, for a shorter one would cut it off; untouched, its pages cost nothing.
    const buffer = new Uint8Array(maxDatagramBytes);
    const peer: Endpoint = { address: this.#to.hostname, port: this.#to.port };
    while (!this.#closed) {
      const [bytes, from] = await this.#conn.receive(buffer);
      if (this.#closed) return;
      const { hostname, port } = from as Deno.NetAddr;
      if (hostname === peer.address && port === peer.port) onDatagram(bytes, peer);
    }
  }
}
