/** A socket of this machine that takes TCP connections, behind the port `TcpListener`. @module */
import type { Clock, Endpoint, TcpConnection, TcpListener } from "../actions/ports.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import { DenoTcpConnection } from "./tcp_connection.ts";

/** How long a listener waits after a fault, such as a process without a free descriptor, before it accepts again. */
export const acceptRetryMs = 250;

/** Wraps `Deno.TcpListener`. */
export class DenoTcpListener implements TcpListener {
  readonly local: Endpoint;
  readonly #listener: Deno.TcpListener;
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #ipv6Only: boolean;
  #closed = false;
  /** Ends the wait after a fault; null while there is none. */
  #wake: (() => void) | null = null;

  /** @param ipv6Only Whether a listener on `::` turns away who comes over IPv4. */
  constructor(listener: Deno.TcpListener, clock: Pick<Clock, "setTimer">, ipv6Only: boolean) {
    this.#listener = listener;
    this.#clock = clock;
    this.#ipv6Only = ipv6Only;
    this.local = endpointOf(listener.addr);
  }

  /** The next connection; null once the listener is closed. A fault of one is waited out, and so is a lack of descriptors. */
  async accept(): Promise<TcpConnection | null> {
    while (!this.#closed) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#listener.accept();
      } catch {
        if (!this.#closed) await this.#pause();
        continue;
      }
      const connection = this.#wrap(conn);
      if (connection) return connection;
    }
    return null;
  }

  /** Takes no more connections; those that wait in the kernel are reset. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#wake?.();
  }

  #wrap(conn: Deno.TcpConn): TcpConnection | null {
    try {
      const isMapped = mappedIpv4.test(conn.remoteAddr.hostname);
      // Deno has no way to ask for IPV6_V6ONLY, so who comes over IPv4 is turned away here.
      if (!this.#closed && !(this.#ipv6Only && isMapped)) {
        return new DenoTcpConnection(conn, endpointOf(conn.remoteAddr), {
          clock: this.#clock,
          local: endpointOf(conn.localAddr),
        });
      }
    } catch {
      // It broke off before it could be looked at.
    }
    conn.close();
    return null;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#wake = null;
        resolve();
      };
      const cancel = this.#clock.setTimer(acceptRetryMs, done);
      this.#wake = done;
    });
  }
}

/** An IPv4 peer of a socket that listens on `::` (RFC 4291 section 2.5.5.2). */
const mappedIpv4 = /^::ffff:(?=\d+\.)/i;

function endpointOf({ hostname, port }: Deno.NetAddr): Endpoint {
  const parsed = parseIpAddress(hostname.replace(mappedIpv4, ""));
  return { address: parsed ? formatIpAddress(parsed) : hostname, port };
}
