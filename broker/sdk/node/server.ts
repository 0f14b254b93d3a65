/** `net.Server`: Node's TCP server over the SDK's `TCPServerSocket`. @module */
import { type Gatehouse, TCPServerSocket } from "../mod.ts";
import { argumentError, nodeError, toNodeError } from "./node_error.ts";
import { type AddressInfo, familyOf, Socket } from "./socket.ts";
import { EventEmitter } from "./streams.ts";

/** Options of `net.createServer()`. */
export interface ServerOptions {
  /** As `net.Socket`'s, for every connection. */
  allowHalfOpen?: boolean;
  /** Whether connections begin paused. */
  pauseOnConnect?: boolean;
}

/** Where to listen (Node's `net.ListenOptions` for TCP). */
export interface ListenOptions {
  /** The port; 0, or absent, is one from 32768 that the broker's system chooses. */
  port?: number | string;
  /** An IP address of the broker's machine; 127.0.0.1 when absent, where Node would listen for everyone. */
  host?: string;
  backlog?: number;
  ipv6Only?: boolean;
  /** Closes the server when it aborts. */
  signal?: AbortSignal;
  /** Unix sockets are not there: refused. */
  path?: string;
  /** Why the app wants to listen, shown to the person. Not in Node. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` of the SDK when absent. Not in Node. */
  gatehouse?: Gatehouse;
}

/** Listens on the broker's machine once a person, or an earlier permission, allows it. */
export class Server extends EventEmitter {
  /** Whether it listens. */
  listening = false;
  /** Connections beyond this many are closed at once. */
  maxConnections: number | undefined;
  readonly #options: ServerOptions;
  readonly #connections = new Set<Socket>();
  #transport: TCPServerSocket | null = null;
  #reader: ReadableStreamDefaultReader<unknown> | null = null;
  #address: AddressInfo | null = null;

  /** @param listener Called with every connection. */
  constructor(options: ServerOptions = {}, listener?: (socket: Socket) => void) {
    super();
    this.#options = options;
    if (listener) this.on("connection", listener);
  }

  /**
   * Listens: `listen(options, listener)`, or `listen(port, host, backlog, listener)`.
   *
   * @throws Error `ERR_SERVER_ALREADY_LISTEN`; TypeError with Node's `code` for a port that is none and for a Unix socket.
   */
  listen(...given: unknown[]): this {
    if (this.#transport) throw nodeError("ERR_SERVER_ALREADY_LISTEN", "It listens already");
    const { host = "127.0.0.1", port, backlog, ipv6Only, signal, reason, gatehouse } = read(given);
    const listener = given.at(-1);
    if (typeof listener === "function") this.once("listening", listener as () => void);
    const attempt = { syscall: "listen", address: host, port };
    signal?.addEventListener("abort", () => this.close(), { once: true });
    queueMicrotask(() => {
      try {
        const transport = this.#transport = new TCPServerSocket(host, {
          ...(port !== 0 && { localPort: port }),
          ...(backlog && { backlog }),
          ...(ipv6Only && { ipv6Only }),
          ...(reason !== undefined && { reason }),
          ...(gatehouse && { gatehouse }),
        });
        this.#accept(transport).catch((fault) => {
          if (this.#transport === transport) this.#fail(toNodeError(fault, attempt));
        });
      } catch (fault) {
        this.#fail(toNodeError(fault, attempt));
      }
    });
    return this;
  }

  /** Where it listens; null unless it does. */
  address(): AddressInfo | null {
    return this.#address;
  }

  /**
   * Accepts nothing more; `close` is emitted once all connections have ended.
   *
   * @param callback Called then, with an error when it did not listen.
   */
  close(callback?: (error?: Error) => void): this {
    const transport = this.#transport;
    if (callback && transport) this.once("close", () => callback());
    else callback?.(nodeError("ERR_SERVER_NOT_RUNNING", "Server is not running."));
    this.#transport = this.#address = null;
    this.listening = false;
    this.#reader?.cancel().catch(() => {});
    if (transport && !this.#reader) transport[Symbol.asyncDispose]();
    this.#reader = null;
    if (transport) this.#closeWhenDone();
    return this;
  }

  /** Tells how many connections there are. */
  getConnections(callback: (error: null, count: number) => void): this {
    queueMicrotask(() => callback(null, this.#connections.size));
    return this;
  }

  /** Does nothing: a page does not end while it listens. */
  ref(): this {
    return this;
  }

  /** Does nothing. */
  unref(): this {
    return this;
  }

  /** Does what `close()` does, and resolves when all connections have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#transport) await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  async #accept(transport: TCPServerSocket): Promise<void> {
    const { readable, localAddress: address, localPort: port } = await transport.opened;
    if (this.#transport !== transport) return;
    this.#address = { address, family: familyOf(address), port };
    this.listening = true;
    const reader = this.#reader = readable.getReader();
    this.emit("listening");
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { allowHalfOpen = false } = this.#options;
      const socket = new Socket({ allowHalfOpen });
      // Of a server's connections Node emits no `connect`; this one says when it is ready to be used.
      socket.once("ready", () => this.#welcome(socket));
      socket.adopt(value);
    }
  }

  #welcome(socket: Socket): void {
    if (this.maxConnections !== undefined && this.#connections.size >= this.maxConnections) {
      const { remoteAddress, remotePort, remoteFamily } = socket;
      socket.destroy();
      this.emit("drop", { remoteAddress, remotePort, remoteFamily });
      return;
    }
    this.#connections.add(socket);
    socket.once("close", () => {
      this.#connections.delete(socket);
      this.#closeWhenDone();
    });
    if (this.#options.pauseOnConnect) socket.pause();
    this.emit("connection", socket);
  }

  #closeWhenDone(): void {
    if (this.#transport || this.#connections.size > 0) return;
    queueMicrotask(() => this.emit("close"));
  }

  #fail(fault: Error): void {
    this.#transport = this.#reader = this.#address = null;
    this.listening = false;
    this.emit("error", fault);
    this.#closeWhenDone();
  }
}

/** Reads `(options)`, `(port, host, backlog)` and what lies between. */
function read(given: readonly unknown[]): Omit<ListenOptions, "port"> & { port: number } {
  const options: ListenOptions = {};
  for (const [index, value] of given.entries()) {
    if (typeof value === "object" && value !== null) Object.assign(options, value);
    else if (index === 0 && typeof value === "string" && !/^\d+$/.test(value)) options.path = value;
    else if (index === 0 && typeof value !== "function") options.port = Number(value ?? 0);
    else if (typeof value === "string") options.host = value;
    else if (typeof value === "number") options.backlog = value;
  }
  if (options.path) {
    throw argumentError(
      `There are no Unix sockets here: ${options.path}`,
      "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    );
  }
  const port = Number(options.port ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return { ...options, port };
  throw argumentError(
    `The port must be a whole number from 0 to 65535, not ${options.port}`,
    "ERR_SOCKET_BAD_PORT",
  );
}
