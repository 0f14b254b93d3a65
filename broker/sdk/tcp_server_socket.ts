/** `TCPServerSocket` as the Direct Sockets specification has it, over a broker. @module */
import { defaultGatehouse } from "./default_gatehouse.ts";
import type { Gatehouse } from "./gatehouse.ts";
import { ServerStreams } from "./server_streams.ts";
import { SocketLife } from "./socket_life.ts";
import { askOf } from "./stream_open_frame.ts";
import {
  checkTcpServerSocketArguments,
  convertTcpServerSocketArguments,
  type TcpServerSocketArguments,
  type TCPServerSocketOptions,
} from "./tcp_server_socket_options.ts";
import type { TCPSocket } from "./tcp_socket.ts";

/** What `opened` resolves to (Direct Sockets, `TCPServerSocketOpenInfo`). */
export interface TCPServerSocketOpenInfo {
  /** The connections, each as a `TCPSocket` that is open already. One is accepted whenever one is read. */
  readable: ReadableStream<TCPSocket>;
  localAddress: string;
  localPort: number;
}

/** A TCP listener that the broker opens on its own machine once a person, or an earlier permission, allows it. */
export class TCPServerSocket {
  readonly #life: SocketLife<TCPServerSocketOpenInfo>;

  /**
   * Starts to listen.
   *
   * @param localAddress An address of the broker's machine: `127.0.0.1` or `::1` for programs there, `0.0.0.0` or `::` for
   * everyone who can reach it.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(localAddress: string, options?: TCPServerSocketOptions);
  constructor(...given: unknown[]) {
    const converted = convertTcpServerSocketArguments(given);
    const { options } = converted;
    const gatehouse = options.gatehouse ?? defaultGatehouse();
    checkTcpServerSocketArguments(converted);
    this.#life = new SocketLife(
      gatehouse,
      openFrame(gatehouse, converted),
      options.signal,
      (stream, { localAddress, localPort }) => {
        const ends = new ServerStreams(stream);
        return { ends, info: { readable: ends.readable, localAddress, localPort } };
      },
    );
  }

  /**
   * Resolves when the broker listens, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when the address is not the machine's, or in use, or when there is no
   * broker; or with the reason of the aborted `signal`.
   */
  get opened(): Promise<TCPServerSocketOpenInfo> {
    return this.#life.opened;
  }

  /** Settles once the stream is closed or errored; rejects with its error. */
  get closed(): Promise<undefined> {
    return this.#life.closed;
  }

  /**
   * Stops listening; connections that were accepted live on.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while its
   * stream is locked.
   */
  close(): Promise<undefined> {
    return this.#life.close();
  }

  /** Stops listening at once, whatever its state and whoever holds its stream. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}

function openFrame(
  gatehouse: Gatehouse,
  { localAddress, options: { localPort, backlog, ipv6Only, reason } }: TcpServerSocketArguments,
) {
  return {
    protocol: "tcp-server",
    localAddress,
    ...(localPort !== undefined && { localPort }),
    ...(backlog !== undefined && { backlog }),
    ipv6Only: ipv6Only ?? false,
    // A connection is accepted when the stream's reader asks for it.
    credit: 0,
    ...askOf(gatehouse, reason),
  } as const;
}
