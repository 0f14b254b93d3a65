/** `TCPSocket` as the Direct Sockets specification has it, over a broker. @module */
import { defaultGatehouse } from "./default_gatehouse.ts";
import { type PlainConnection, startTls } from "./start_tls.ts";
import { type ReattachTicket, withTicket } from "./reattach_ticket.ts";
import { type Life, SocketLife } from "./socket_life.ts";
import { streamOpenFrame } from "./stream_open_frame.ts";
import { beginTcp, type TCPSocketOpenInfo } from "./tcp_open_info.ts";
import {
  checkTcpSocketOptions,
  convertTcpSocketArguments,
  type TCPSocketOptions,
} from "./tcp_socket_options.ts";
import { type TLSSocket, upgradedTlsSocket } from "./tls_socket.ts";
import type { StartTlsOptions } from "./tls_socket_options.ts";

/** Given in place of an address by who has a life to give: a listener, for a connection that it accepted, or `reattach()`. */
const accepted = Symbol();

/** A TCP connection that the broker opens once a person, or an earlier permission, allows it. */
export class TCPSocket {
  readonly #life: Life<TCPSocketOpenInfo>;
  #plain: PlainConnection | null = null;

  /**
   * Starts to open a connection.
   *
   * @param remoteAddress A host name or an IP address.
   * @param remotePort The port, modulo 65536.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(remoteAddress: string, remotePort: number, options?: TCPSocketOptions);
  constructor(...given: unknown[]) {
    if (given[0] === accepted) {
      this.#life = given[1] as Life<TCPSocketOpenInfo>;
      return;
    }
    const { remoteAddress, remotePort, options } = convertTcpSocketArguments(given);
    const gatehouse = options.gatehouse ?? defaultGatehouse();
    checkTcpSocketOptions(options);
    const frame = streamOpenFrame(gatehouse, remoteAddress, remotePort, options);
    this.#life = new SocketLife(
      gatehouse,
      frame,
      options.signal,
      (stream, opened) => {
        const begun = beginTcp(stream, opened, frame.credit, frame.upgradable);
        const { signal, receiveBufferSize: windowBytes } = options;
        this.#plain = { gatehouse, frame, stream, streams: begun.ends, signal, windowBytes };
        return withTicket(begun, stream, opened, {
          windowBytes: frame.credit,
          secureTransport: "off",
        });
      },
    );
  }

  /**
   * Resolves when the connection is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, no such server, or no broker; or with the
   * reason of the aborted `signal`.
   */
  get opened(): Promise<TCPSocketOpenInfo> {
    return this.#life.opened;
  }

  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined> {
    return this.#life.closed;
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

  /**
   * Encrypts the connection, after the app and the server have agreed on it in plain text. To be called once the server's
   * answer has been read to its end, and before anything else is read. This socket's streams are over and `closed` resolves;
   * the connection goes on in the socket that is returned. Not in the specification; the name is that of WinterTC's sockets.
   *
   * @returns A socket whose `opened` resolves once the server's certificate is verified, for `sni` or else for the remote
   * address. It rejects with `NetworkError` when that fails, and when the server has sent plain text that was not read.
   * @throws TypeError for wrong options.
   * @throws DOMException `InvalidStateError` when the socket was not made with `secureTransport: "starttls"`, is not open, is
   * closed one way, or has a read pending.
   */
  startTls(options?: StartTlsOptions): TLSSocket;
  startTls(...given: unknown[]): TLSSocket {
    if (this.#plain) return upgradedTlsSocket(startTls(this.#plain, given[0]));
    throw new DOMException("Only an open socket can be encrypted.", "InvalidStateError");
  }

  /**
   * A ticket by which a page that is reloaded goes on with the connection, by `gatehouse.reattach()`: to be made in the
   * page's `pagehide` event and kept in sessionStorage. It tells how much the app has read and written until now. Null unless
   * the socket was made with `reattach: true`, is open, and is still read. Not in the specification.
   */
  get reattachTicket(): ReattachTicket | null {
    return this.#life.ticket ?? null;
  }

  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}

/** Makes the socket of a connection that was accepted, or come back to. */
export function acceptedTcpSocket(life: Life<TCPSocketOpenInfo>): TCPSocket {
  return Reflect.construct(TCPSocket, [accepted, life]);
}
