/** `TLSSocket`: an encrypted TCP connection, by the rules of `TCPSocket` and the names of txiki.js. @module */
import { defaultGatehouse } from "./default_gatehouse.ts";
import { type ReattachTicket, withTicket } from "./reattach_ticket.ts";
import { type Life, SocketLife } from "./socket_life.ts";
import { streamOpenFrame } from "./stream_open_frame.ts";
import { beginTls, type TLSSocketOpenInfo } from "./tls_open_info.ts";
import { checkTcpSocketOptions } from "./tcp_socket_options.ts";
import { convertTlsSocketArguments, type TLSSocketOptions } from "./tls_socket_options.ts";

/** Given in place of an address by who has a life to give: a plain socket, for its connection that goes on encrypted. */
const upgraded = Symbol();

/**
 * A TLS connection that the broker opens once a person, or an earlier permission, allows it. The broker verifies the
 * server's certificate, always: for `sni`, or for the remote address when that is absent.
 */
export class TLSSocket {
  readonly #life: Life<TLSSocketOpenInfo>;

  /**
   * Starts to open a connection.
   *
   * @param remoteAddress A host name or an IP address.
   * @param remotePort The port, modulo 65536.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(remoteAddress: string, remotePort: number, options?: TLSSocketOptions);
  constructor(...given: unknown[]) {
    if (given[0] === upgraded) {
      this.#life = given[1] as Life<TLSSocketOpenInfo>;
      return;
    }
    const { remoteAddress, remotePort, options, wish } = convertTlsSocketArguments(given);
    const gatehouse = options.gatehouse ?? defaultGatehouse();
    checkTcpSocketOptions(options);
    const frame = {
      ...streamOpenFrame(gatehouse, remoteAddress, remotePort, options),
      tls: wish,
    };
    this.#life = new SocketLife(
      gatehouse,
      frame,
      options.signal,
      (stream, opened) =>
        withTicket(beginTls(stream, opened, frame.credit), stream, opened, {
          windowBytes: frame.credit,
          secureTransport: "on",
        }),
    );
  }

  /**
   * Resolves when the connection is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, no such server, or no broker, or when the
   * server's certificate does not hold; or with the reason of the aborted `signal`.
   */
  get opened(): Promise<TLSSocketOpenInfo> {
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

/** Makes the socket of a connection that began in plain text, or was come back to. */
export function upgradedTlsSocket(life: Life<TLSSocketOpenInfo>): TLSSocket {
  return Reflect.construct(TLSSocket, [upgraded, life]);
}
