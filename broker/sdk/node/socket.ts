/** `net.Socket`: Node's TCP socket over the SDK's `TCPSocket`. @module */
import { TCPSocket, type TCPSocketOptions } from "../mod.ts";
import { type ConnectOptions, readConnectArguments } from "./connect_arguments.ts";
import { isIP } from "./ip_address.ts";
import { toNodeError } from "./node_error.ts";
import type { Transport } from "./open_ends.ts";
import { type SocketOptions, StreamSocket } from "./stream_socket.ts";

/** One end's address, as `address()` gives it. */
export interface AddressInfo {
  address: string;
  family: "IPv4" | "IPv6";
  port: number;
}

/**
 * A TCP connection that the broker opens once a person, or an earlier permission, allows it: `connect` may come as late
 * as the answer. Errors carry Node's `code`.
 */
export class Socket extends StreamSocket {
  #target: ConnectOptions & { port: number; host: string } = { port: 0, host: "" };

  /** Makes a socket that is not connected. */
  constructor(options: SocketOptions = {}) {
    super(options);
  }

  /**
   * Connects, in the next turn: what is said of `noDelay` and keep-alive until then counts.
   *
   * @throws TypeError with Node's `code` for a port that is none, and for a Unix socket.
   */
  connect(...given: unknown[]): this {
    const { options, listener } = readConnectArguments<ConnectOptions>(given);
    if (this.destroyed) this.startAnew();
    if (listener) this.once("connect", listener);
    if (options.timeout) this.setTimeout(options.timeout);
    this.#target = { ...this.#target, ...options };
    this.connecting = true;
    queueMicrotask(() => this.#open());
    return this;
  }

  /** The far end's address; undefined unless it is connected. */
  get remoteAddress(): string | undefined {
    return this.info?.remoteAddress;
  }

  /** The far end's port. */
  get remotePort(): number | undefined {
    return this.info?.remotePort;
  }

  /** The family of the far end's address. */
  get remoteFamily(): "IPv4" | "IPv6" | undefined {
    return this.remoteAddress === undefined ? undefined : familyOf(this.remoteAddress);
  }

  /** The broker's own end. */
  get localAddress(): string | undefined {
    return this.info?.localAddress;
  }

  /** The port of the broker's own end. */
  get localPort(): number | undefined {
    return this.info?.localPort;
  }

  /** The family of the broker's own address. */
  get localFamily(): "IPv4" | "IPv6" | undefined {
    return this.localAddress === undefined ? undefined : familyOf(this.localAddress);
  }

  /** Whether it has not been connected yet. */
  get pending(): boolean {
    return this.info === undefined;
  }

  /** In Node's words. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable && this.writable) return "open";
    if (this.readable) return "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  /** What `setTimeout()` set. */
  get timeout(): number | undefined {
    return this.idle.delayMs;
  }

  /** Bytes that wait to be sent. */
  get bufferSize(): number {
    return this.writableLength;
  }

  /** The broker's own end; an empty object unless it is connected. */
  address(): AddressInfo | Record<string, never> {
    const { localAddress, localPort, localFamily } = this;
    if (localAddress === undefined || localPort === undefined || !localFamily) return {};
    return { address: localAddress, family: localFamily, port: localPort };
  }

  /** Emits `timeout` after that many milliseconds without traffic; 0 is never. The socket stays open. */
  setTimeout(delayMs: number, listener?: () => void): this {
    this.idle.set(delayMs);
    if (listener && delayMs === 0) this.removeListener("timeout", listener);
    else if (listener) this.once("timeout", listener);
    return this;
  }

  /** Counts if it is said before the connection is opened; a broker's socket cannot be changed afterwards. */
  setNoDelay(noDelay = true): this {
    this.#target.noDelay = noDelay;
    return this;
  }

  /** Counts if it is said before the connection is opened. */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    Object.assign(this.#target, { keepAlive: enable, keepAliveInitialDelay: initialDelayMs });
    return this;
  }

  /** Ends the writing side, and destroys the socket once all is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Does nothing: a page does not end while sockets are open. */
  ref(): this {
    return this;
  }

  /** Does nothing. */
  unref(): this {
    return this;
  }

  /** Starts to open the socket of the SDK; `tls.TLSSocket` opens another kind. */
  protected openTransport(host: string, port: number, options: TCPSocketOptions): Transport {
    return new TCPSocket(host, port, options);
  }

  /** Goes on with what another socket has connected to. */
  protected inherit(other: Socket): void {
    this.#target = { ...other.#target };
  }

  protected override failure(fault: unknown, syscall: string): Error {
    const { host: address, port } = this.#target;
    return toNodeError(fault, syscall === "connect" ? { syscall, address, port } : { syscall });
  }

  #open(): void {
    if (!this.connecting || this.hasTransport || this.destroyed) return;
    const { host, port, family, noDelay = true, keepAlive, reason, gatehouse } = this.#target;
    const { secureTransport = "starttls" } = this.#target;
    try {
      this.adopt(this.openTransport(host, port, {
        noDelay,
        secureTransport,
        ...(keepAlive && { keepAliveDelay: this.#keepAliveDelayMs() }),
        ...((family === 4 || family === 6) && { dnsQueryType: `ipv${family}` }),
        ...(reason !== undefined && { reason }),
        ...(gatehouse && { gatehouse }),
      }));
    } catch (fault) {
      this.destroy(this.failure(fault, "connect"));
    }
  }

  /** Node passes 0 for the system's own delay, which is two hours; the specification knows nothing below a second. */
  #keepAliveDelayMs(): number {
    const delayMs = this.#target.keepAliveInitialDelay ?? 0;
    return delayMs === 0 ? 7_200_000 : Math.max(1000, delayMs);
  }
}

/** The family of an address, in Node's words. */
export function familyOf(address: string): "IPv4" | "IPv6" {
  return isIP(address) === 6 ? "IPv6" : "IPv4";
}
