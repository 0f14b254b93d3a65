/** A bound UDP socket, over `node:dgram`. @module */
import type { Socket } from "node:dgram";
import type { Endpoint, MulticastGroup, UdpSocket, UdpSocketEvents } from "../actions/ports.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import { socketError, toConnectError } from "./socket_fault.ts";

/** An IPv4 peer of a socket that is bound to `::` (RFC 4291 section 2.5.5.2). */
const mappedIpv4 = /^::ffff:(?=\d+\.)/i;

/** Takes datagrams from anyone, and sends to whom it is told. */
export class BoundUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #socket: Socket;
  #closed = false;

  /** @param socket One that is bound. */
  constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { address, port };
    socket.on("error", () => this.close());
  }

  /** Starts receiving. */
  receive({ onDatagram, onFault }: UdpSocketEvents): void {
    this.#socket.on("message", (bytes, { address, port }) => {
      if (!this.#closed) onDatagram(bytes, { address: canonical(address), port });
    });
    this.#socket.on("error", (fault) => onFault(toConnectError(fault, "transfer")));
  }

  /** Sends a datagram. */
  send(bytes: Uint8Array, { address, port }: Endpoint): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (fault: unknown) => reject(toSendError(fault));
      if (this.#closed) return fail(null);
      try {
        this.#socket.send(bytes, port, address, (fault) => fault ? fail(fault) : resolve());
      } catch (fault) {
        fail(fault);
      }
    });
  }

  /** Joins a group, on the interface that the system chooses. */
  join({ address, source }: MulticastGroup): void {
    try {
      if (source === null) this.#socket.addMembership(address);
      else this.#socket.addSourceSpecificMembership(source, address);
    } catch {
      throw socketError("unreachable", "transfer");
    }
  }

  /** Leaves a group. */
  leave({ address, source }: MulticastGroup): void {
    try {
      if (source === null) this.#socket.dropMembership(address);
      else this.#socket.dropSourceSpecificMembership(source, address);
    } catch {
      // It is gone with its interface, or with the socket.
    }
  }

  /** Closes it; its groups are left. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

function canonical(address: string): string {
  const parsed = parseIpAddress(address.replace(mappedIpv4, "").replace(/%.*$/, ""));
  return parsed ? formatIpAddress(parsed) : address;
}

/** Deno names only some of the system's errors; all of the others mean that this destination can't be sent to. */
function toSendError(fault: unknown) {
  const told = toConnectError(fault ?? {}, "transfer");
  return told.error.code === "internal-error" ? socketError("unreachable", "transfer") : told;
}
