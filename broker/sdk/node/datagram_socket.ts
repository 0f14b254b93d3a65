/** `dgram.Socket`: Node's UDP socket over the SDK's `UDPSocket`. @module */
import { type Gatehouse, UDPSocket, type UDPSocketOpenInfo } from "../mod.ts";
import { Buffer } from "./buffers.ts";
import { type BindOptions, readBindArguments, readSendArguments } from "./datagram_arguments.ts";
import { isIP } from "./ip_address.ts";
import { nodeError, toNodeError } from "./node_error.ts";
import { type AddressInfo, familyOf } from "./socket.ts";
import { EventEmitter } from "./streams.ts";

/** Options of `dgram.createSocket()`. */
export interface DatagramOptions {
  type: "udp4" | "udp6";
  /** Let other programs of the broker's machine bind the same port, as many do for multicast. */
  reuseAddr?: boolean;
  ipv6Only?: boolean;
  /** Closes the socket when it aborts. */
  signal?: AbortSignal;
  /** Why the app wants the socket, shown to the person. Not in Node. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` of the SDK when absent. Not in Node. */
  gatehouse?: Gatehouse;
}

/** Where a datagram came from. */
export interface RemoteInfo extends AddressInfo {
  /** Its length in bytes. */
  size: number;
}

/** What is there while the socket is open. */
interface OpenSocket {
  transport: UDPSocket;
  info: UDPSocketOpenInfo;
  reader: ReadableStreamDefaultReader<
    { data: Uint8Array; remoteAddress?: string; remotePort?: number }
  >;
  writer: WritableStreamDefaultWriter<Parameters<WritableStreamDefaultWriter["write"]>[0]>;
}

type SendCallback = (error: Error | null, bytes: number) => void;

/** The longest datagram that IPv4 carries. */
const maxDatagramBytes = 65_507;

/**
 * A UDP socket that the broker opens once a person, or an earlier permission, allows it: when it is bound, connected, or
 * first sent from. What a message goes to may be asked about too.
 */
export class DatagramSocket extends EventEmitter {
  /** `udp4` or `udp6`. */
  readonly type: "udp4" | "udp6";
  readonly #options: DatagramOptions;
  readonly #multicast: { ttl?: number; loopback?: boolean } = {};
  #opening: Promise<OpenSocket> | null = null;
  #open: OpenSocket | null = null;
  #closed = false;

  /** @param listener Called with every message. */
  constructor(options: DatagramOptions, listener?: (message: Buffer, from: RemoteInfo) => void) {
    super();
    this.#options = options;
    this.type = options.type;
    if (listener) this.on("message", listener);
    options.signal?.addEventListener("abort", () => !this.#closed && this.close(), { once: true });
  }

  /**
   * Binds: `bind(port, address, listener)` or `bind(options, listener)`. Without an address it hears every network of the
   * broker's machine; without a port it gets one from 32768.
   *
   * @throws Error `ERR_SOCKET_ALREADY_BOUND`.
   */
  bind(...given: unknown[]): this {
    if (this.#opening) throw nodeError("ERR_SOCKET_ALREADY_BOUND", "Socket is already bound");
    const { options, listener } = readBindArguments(given);
    if (listener) this.once("listening", listener);
    this.#begin(() => this.#bound(options), "bind", options.address, options.port);
    return this;
  }

  /**
   * Connects to one peer: only that one is heard, and asked for. `connect(port, address, listener)`.
   *
   * @throws Error `ERR_SOCKET_DGRAM_IS_CONNECTED`.
   */
  connect(port: number, address?: string | (() => void), listener?: () => void): void {
    if (this.#opening) throw nodeError("ERR_SOCKET_DGRAM_IS_CONNECTED", "Already connected");
    const host = typeof address === "string" ? address : this.#loopback();
    const connected = typeof address === "function" ? address : listener;
    if (connected) this.once("connect", connected);
    const { reason, gatehouse } = this.#options;
    this.#begin(
      () =>
        new UDPSocket({
          remoteAddress: host,
          remotePort: port,
          dnsQueryType: this.type === "udp6" ? "ipv6" : "ipv4",
          ...(reason !== undefined && { reason }),
          ...(gatehouse && { gatehouse }),
        }),
      "connect",
      host,
      port,
    );
  }

  /**
   * Sends one datagram: `send(message, offset, length, port, address, callback)`, offset and length together optional, and
   * no destination where the socket is connected.
   */
  send(...given: unknown[]): void {
    const { bytes, port, address, callback } = readSendArguments(given);
    const done = callback as SendCallback | null;
    const host = address ?? this.#loopback();
    const fail = (fault: unknown) => {
      const attempt = { syscall: "send", address: host, ...(port !== undefined && { port }) };
      const error = toNodeError(fault, attempt);
      if (done) done(error, 0);
      else this.emit("error", error);
    };
    if (bytes.length === 0 || bytes.length > maxDatagramBytes) {
      const [code, what] = bytes.length === 0 ? ["EINVAL", "empty"] : ["EMSGSIZE", "too long"];
      const error = nodeError(code, `send ${code}: the datagram is ${what}`, { syscall: "send" });
      queueMicrotask(() => done ? done(error, 0) : this.emit("error", error));
      return;
    }
    if (!this.#opening) this.bind(0);
    this.#opening?.then(({ writer, info }) => {
      const isConnected = info.remoteAddress !== undefined;
      const to = isConnected ? {} : {
        remoteAddress: host,
        remotePort: port,
        dnsQueryType: isIP(host) === 0 ? this.#family() : undefined,
      };
      return writer.write({ data: bytes, ...to }).then(() => done?.(null, bytes.length));
    }).catch(fail);
  }

  /**
   * The broker's own end.
   *
   * @throws Error `EBADF` unless the socket is open.
   */
  address(): AddressInfo {
    const { localAddress, localPort } = this.#opened().info;
    return { address: localAddress, family: familyOf(localAddress), port: localPort };
  }

  /**
   * The peer of a connected socket.
   *
   * @throws Error `ERR_SOCKET_DGRAM_NOT_CONNECTED`.
   */
  remoteAddress(): AddressInfo {
    const { remoteAddress, remotePort } = this.#open?.info ?? {};
    if (remoteAddress === undefined || remotePort === undefined) {
      throw nodeError("ERR_SOCKET_DGRAM_NOT_CONNECTED", "Not connected");
    }
    return { address: remoteAddress, family: familyOf(remoteAddress), port: remotePort };
  }

  /**
   * Joins a group, which may take as long as a person takes to answer. What goes wrong is emitted as `error`.
   *
   * @throws Error `EBADF` unless the socket is bound.
   */
  addMembership(group: string, _interface?: string): void {
    this.#changeGroup("joinGroup", "addMembership", group);
  }

  /** Leaves a group. */
  dropMembership(group: string, _interface?: string): void {
    this.#changeGroup("leaveGroup", "dropMembership", group);
  }

  /** Joins a group to hear one source alone. */
  addSourceSpecificMembership(source: string, group: string): void {
    this.#changeGroup("joinGroup", "addMembership", group, source);
  }

  /** Leaves a group that one source was heard in. */
  dropSourceSpecificMembership(source: string, group: string): void {
    this.#changeGroup("leaveGroup", "dropMembership", group, source);
  }

  /** Counts if it is said before the socket is bound; a broker's socket cannot be changed afterwards. */
  setMulticastTTL(ttl: number): number {
    return this.#multicast.ttl = ttl;
  }

  /** Counts if it is said before the socket is bound. */
  setMulticastLoopback(loopback: boolean): boolean {
    return this.#multicast.loopback = loopback;
  }

  /** Does nothing: the broker's system chooses the network of a group. */
  setMulticastInterface(_address: string): void {}

  /** @throws Error `EACCES` when it is switched on: a broker sends nothing to everyone. */
  setBroadcast(flag: boolean): void {
    if (flag) throw nodeError("EACCES", "setBroadcast EACCES: a broker sends nothing to everyone");
  }

  /** Does nothing: the broker's system decides. */
  setTTL(ttl: number): number {
    return ttl;
  }

  /** Does nothing: a page does not end while sockets are open. */
  ref(): this {
    return this;
  }

  /** Does nothing. */
  unref(): this {
    return this;
  }

  /**
   * Closes the socket; what was sent already goes out.
   *
   * @throws Error `ERR_SOCKET_DGRAM_NOT_RUNNING` when it is closed.
   */
  close(callback?: () => void): this {
    if (this.#closed) throw nodeError("ERR_SOCKET_DGRAM_NOT_RUNNING", "Not running");
    if (callback) this.once("close", callback);
    this.#end();
    return this;
  }

  /** Closes the socket, and resolves when it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) await new Promise<void>((resolve) => this.close(resolve));
  }

  #bound({ address, port, exclusive: _ }: BindOptions): UDPSocket {
    const { reuseAddr, ipv6Only, reason, gatehouse } = this.#options;
    const { ttl, loopback } = this.#multicast;
    return new UDPSocket({
      localAddress: address ?? (this.type === "udp6" ? "::" : "0.0.0.0"),
      ...(port && { localPort: port }),
      ...(ipv6Only && { ipv6Only }),
      ...(reuseAddr && { multicastAllowAddressSharing: true }),
      ...(ttl !== undefined && { multicastTimeToLive: ttl }),
      ...(loopback !== undefined && { multicastLoopback: loopback }),
      ...(reason !== undefined && { reason }),
      ...(gatehouse && { gatehouse }),
    });
  }

  #begin(make: () => UDPSocket, syscall: string, address?: string, port?: number): void {
    const opening = this.#opening = (async () => {
      await Promise.resolve(); // What is said of multicast in this turn still counts.
      const transport = make();
      const info = await transport.opened;
      if (this.#closed) {
        transport.close().catch(() => {});
        throw nodeError("ERR_SOCKET_DGRAM_NOT_RUNNING", "Not running");
      }
      const reader = info.readable.getReader();
      const writer = info.writable.getWriter();
      for (const { closed } of [reader, writer]) closed.catch(() => {});
      return this.#open = { transport, info, reader, writer };
    })();
    opening.then((open) => {
      const isBound = open.info.remoteAddress === undefined;
      queueMicrotask(() => this.emit(isBound ? "listening" : "connect"));
      return this.#receive(open);
    }).catch((fault) => {
      if (this.#closed) return;
      const where = { ...(address !== undefined && { address }), ...(port && { port }) };
      this.emit("error", toNodeError(fault, { syscall: this.#open ? "recv" : syscall, ...where }));
      if (this.#open) this.#end();
      else this.#opening = null;
    });
  }

  async #receive({ reader, info }: OpenSocket): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { data, remoteAddress = info.remoteAddress ?? "", remotePort = info.remotePort ?? 0 } =
        value;
      const message = Buffer.from(data.buffer, data.byteOffset, data.length);
      const family = familyOf(remoteAddress);
      const from = { address: remoteAddress, family, port: remotePort, size: data.length };
      queueMicrotask(() => this.emit("message", message, from));
    }
  }

  #changeGroup(
    method: "joinGroup" | "leaveGroup",
    syscall: string,
    group: string,
    source?: string,
  ): void {
    const { multicastController } = this.#opened().info;
    if (!multicastController) throw nodeError("EBADF", `${syscall} EBADF`, { syscall });
    multicastController[method](group, source === undefined ? {} : { sourceAddress: source })
      .catch((fault) => {
        if (!this.#closed) this.emit("error", toNodeError(fault, { syscall, address: group }));
      });
  }

  #opened(): OpenSocket {
    if (this.#open) return this.#open;
    throw nodeError("EBADF", "The socket is not bound yet", { syscall: "getsockname" });
  }

  #end(): void {
    this.#closed = true;
    const open = this.#open;
    this.#open = null;
    if (open) {
      open.reader.releaseLock();
      open.writer.releaseLock();
      open.transport.close().catch(() => {});
    }
    queueMicrotask(() => this.emit("close"));
  }

  #loopback(): string {
    return this.type === "udp6" ? "::1" : "127.0.0.1";
  }

  #family(): "ipv4" | "ipv6" {
    return this.type === "udp6" ? "ipv6" : "ipv4";
  }
}
