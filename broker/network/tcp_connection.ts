/** An open TCP connection of this machine, behind the port `TcpConnection`. @module */
import type { Endpoint, TcpConnection } from "../actions/ports.ts";
import { toConnectError } from "./socket_fault.ts";

/** Wraps `Deno.TcpConn`. Reads and writes reject with `ConnectError`, phase `transfer`. */
export class DenoTcpConnection implements TcpConnection {
  readonly local: Endpoint;
  readonly #conn: Deno.TcpConn;
  #closed = false;

  /** @param remote The other end, as it was decided on. */
  constructor(conn: Deno.TcpConn, readonly remote: Endpoint) {
    this.#conn = conn;
    this.local = { address: conn.localAddr.hostname, port: conn.localAddr.port };
  }

  /** Reads into `buffer`; null at the other side's FIN. */
  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(buffer);
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < bytes.length;) {
        offset += await this.#conn.write(offset === 0 ? bytes : bytes.subarray(offset));
      }
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Sends FIN; reading goes on. */
  async closeWrite(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch (fault) {
      throw toConnectError(fault, "transfer");
    }
  }

  /** Closes both ways at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}
