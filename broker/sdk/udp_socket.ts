/** `UDPSocket` as the Direct Sockets specification has it, over a broker. @module */
import type { OpenedFrame, UdpOpenFrame } from "../schema/relay.ts";
import { DatagramStreams, datagramWindow } from "./datagram_streams.ts";
import { defaultGatehouse } from "./default_gatehouse.ts";
import type { Gatehouse } from "./gatehouse.ts";
import { MulticastController } from "./multicast_controller.ts";
import type { RelayStream } from "./relay_stream.ts";
import { type Begun, SocketLife } from "./socket_life.ts";
import { askOf } from "./stream_open_frame.ts";
import type { ReceivedUDPMessage, UDPMessage } from "./udp_message.ts";
import {
  checkUdpSocketOptions,
  convertUdpSocketOptions,
  type UDPSocketOptions,
} from "./udp_socket_options.ts";

/** What `opened` resolves to (Direct Sockets, `UDPSocketOpenInfo`). */
export interface UDPSocketOpenInfo {
  /** The datagrams that come: 32 wait for the reader, further ones are dropped. */
  readable: ReadableStream<ReceivedUDPMessage>;
  /** Takes messages; one of more than 65,507 bytes ends the socket. */
  writable: WritableStream<UDPMessage>;
  /** The peer of a connected socket. */
  remoteAddress?: string;
  remotePort?: number;
  /** The broker's own end. */
  localAddress: string;
  localPort: number;
  /** The groups of a bound socket. */
  multicastController?: MulticastController;
}

/** How many datagrams were dropped since the socket opened. Not in the specification. */
export interface UDPDropped {
  /** Those that came while the app was slow. */
  readonly received: number;
  /** Those of the app: refused, over a limit, or not taken by the network. */
  readonly sent: number;
  /** Why the last one of the app was dropped. */
  readonly reason: string | null;
}

/** A UDP socket that the broker opens once a person, or an earlier permission, allows it. */
export class UDPSocket {
  readonly #life: SocketLife<UDPSocketOpenInfo>;
  #dropped: UDPDropped = Object.freeze({ received: 0, sent: 0, reason: null });

  /**
   * Starts to open a socket: connected to `remoteAddress` and `remotePort`, or bound to `localAddress`.
   *
   * @throws TypeError for wrong options, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(options?: UDPSocketOptions);
  constructor(...given: unknown[]) {
    const options = convertUdpSocketOptions(given[0]);
    const gatehouse = options.gatehouse ?? defaultGatehouse();
    checkUdpSocketOptions(options);
    this.#life = new SocketLife(
      gatehouse,
      openFrame(gatehouse, options),
      options.signal,
      (stream, opened) => this.#begin(stream, opened),
    );
  }

  /**
   * Resolves when the socket is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, the port is in use, or there is no broker; or
   * with the reason of the aborted `signal`.
   */
  get opened(): Promise<UDPSocketOpenInfo> {
    return this.#life.opened;
  }

  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined> {
    return this.#life.closed;
  }

  /** What was dropped; up to a second behind. Not in the specification. */
  get dropped(): UDPDropped {
    return this.#dropped;
  }

  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined> {
    return this.#life.close();
  }

  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }

  #begin(stream: RelayStream, opened: OpenedFrame): Begun<UDPSocketOpenInfo> {
    const { remoteAddress, remotePort, localAddress, localPort } = opened;
    const isConnected = remoteAddress !== undefined;
    const multicast = MulticastController.of(stream);
    const ends = new DatagramStreams(stream, isConnected, (frame) => {
      if (frame.type !== "DROPPED") return multicast.onFrame(frame);
      const { receivedCount, sentCount, error } = frame.body;
      const reason = error?.message ?? null;
      this.#dropped = Object.freeze({ received: receivedCount, sent: sentCount, reason });
    }, multicast.onOver);
    const { readable, writable } = ends;
    const info = isConnected && remotePort !== undefined
      ? { readable, writable, remoteAddress, remotePort, localAddress, localPort }
      : { readable, writable, localAddress, localPort, multicastController: multicast.controller };
    return { ends, info };
  }
}

function openFrame(gatehouse: Gatehouse, options: UDPSocketOptions): UdpOpenFrame {
  const { remoteAddress, remotePort, localAddress, localPort, dnsQueryType, ipv6Only } = options;
  const { multicastAllowAddressSharing, multicastTimeToLive, multicastLoopback } = options;
  return {
    protocol: "udp",
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(remotePort !== undefined && { remotePort }),
    ...(localAddress !== undefined && { localAddress }),
    ...(localPort !== undefined && { localPort }),
    credit: datagramWindow,
    ...(dnsQueryType && { dnsQueryType }),
    ...(ipv6Only !== undefined && { ipv6Only }),
    ...(multicastAllowAddressSharing !== undefined && { multicastAllowAddressSharing }),
    ...(multicastTimeToLive !== undefined && { multicastTimeToLive }),
    ...(multicastLoopback !== undefined && { multicastLoopback }),
    ...askOf(gatehouse, options.reason),
  };
}
