/** The Node-style door of Gatehouse's SDK, `/sdk/node.js`. Needs the types of Node. Written by `deno task types`. */

import type { default as EventEmitter } from "node:events";

import type {
  Gatehouse,
  TCPSocket,
  TCPSocketOpenInfo,
  TCPSocketOptions,
  TLSSocket as BrokerTLSSocket,
} from "../sdk.js";

import type { Buffer } from "node:buffer";

import type { Duplex } from "node:stream";

/** The module. */
declare const dgram: {
  Socket: typeof DatagramSocket;
  createSocket: typeof createSocket;
};

/**
 * A UDP socket that the broker opens once a person, or an earlier permission, allows it: when it is bound, connected, or
 * first sent from. What a message goes to may be asked about too.
 */
declare class DatagramSocket extends EventEmitter {
  #private;
  /** `udp4` or `udp6`. */
  readonly type: "udp4" | "udp6";
  /** @param listener Called with every message. */
  constructor(options: DatagramOptions, listener?: (message: Buffer, from: RemoteInfo) => void);
  /**
   * Binds: `bind(port, address, listener)` or `bind(options, listener)`. Without an address it hears every network of the
   * broker's machine; without a port it gets one from 32768.
   *
   * @throws Error `ERR_SOCKET_ALREADY_BOUND`.
   */
  bind(...given: unknown[]): this;
  /**
   * Connects to one peer: only that one is heard, and asked for. `connect(port, address, listener)`.
   *
   * @throws Error `ERR_SOCKET_DGRAM_IS_CONNECTED`.
   */
  connect(port: number, address?: string | (() => void), listener?: () => void): void;
  /**
   * Sends one datagram: `send(message, offset, length, port, address, callback)`, offset and length together optional, and
   * no destination where the socket is connected.
   */
  send(...given: unknown[]): void;
  /**
   * The broker's own end.
   *
   * @throws Error `EBADF` unless the socket is open.
   */
  address(): AddressInfo;
  /**
   * The peer of a connected socket.
   *
   * @throws Error `ERR_SOCKET_DGRAM_NOT_CONNECTED`.
   */
  remoteAddress(): AddressInfo;
  /**
   * Joins a group, which may take as long as a person takes to answer. What goes wrong is emitted as `error`.
   *
   * @throws Error `EBADF` unless the socket is bound.
   */
  addMembership(group: string, _interface?: string): void;
  /** Leaves a group. */
  dropMembership(group: string, _interface?: string): void;
  /** Joins a group to hear one source alone. */
  addSourceSpecificMembership(source: string, group: string): void;
  /** Leaves a group that one source was heard in. */
  dropSourceSpecificMembership(source: string, group: string): void;
  /** Counts if it is said before the socket is bound; a broker's socket cannot be changed afterwards. */
  setMulticastTTL(ttl: number): number;
  /** Counts if it is said before the socket is bound. */
  setMulticastLoopback(loopback: boolean): boolean;
  /** Does nothing: the broker's system chooses the network of a group. */
  setMulticastInterface(_address: string): void;
  /** @throws Error `EACCES` when it is switched on: a broker sends nothing to everyone. */
  setBroadcast(flag: boolean): void;
  /** Does nothing: the broker's system decides. */
  setTTL(ttl: number): number;
  /** Does nothing: a page does not end while sockets are open. */
  ref(): this;
  /** Does nothing. */
  unref(): this;
  /**
   * Closes the socket; what was sent already goes out.
   *
   * @throws Error `ERR_SOCKET_DGRAM_NOT_RUNNING` when it is closed.
   */
  close(callback?: () => void): this;
  /** Closes the socket, and resolves when it is. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `dgram.createSocket()`. */
interface DatagramOptions {
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
interface RemoteInfo extends AddressInfo {
  /** Its length in bytes. */
  size: number;
}

/** One end's address, as `address()` gives it. */
interface AddressInfo {
  address: string;
  family: "IPv4" | "IPv6";
  port: number;
}

/**
 * Makes a UDP socket: `createSocket("udp4", listener)` or `createSocket(options, listener)`.
 *
 * @throws TypeError for another type than `udp4` and `udp6`.
 */
declare function createSocket(
  given: "udp4" | "udp6" | DatagramOptions,
  listener?: (message: Buffer, from: RemoteInfo) => void,
): DatagramSocket;

/** The module. */
declare const net: {
  Socket: typeof Socket;
  Stream: typeof Socket;
  Server: typeof Server;
  connect: typeof connectSocket;
  createConnection: typeof connectSocket;
  createServer: typeof createServer;
  isIP: typeof isIP;
  isIPv4: typeof isIPv4;
  isIPv6: typeof isIPv6;
};

/**
 * A TCP connection that the broker opens once a person, or an earlier permission, allows it: `connect` may come as late
 * as the answer. Errors carry Node's `code`.
 */
declare class Socket extends StreamSocket {
  #private;
  /** Makes a socket that is not connected. */
  constructor(options?: SocketOptions);
  /**
   * Connects, in the next turn: what is said of `noDelay` and keep-alive until then counts.
   *
   * @throws TypeError with Node's `code` for a port that is none, and for a Unix socket.
   */
  connect(...given: unknown[]): this;
  /** The far end's address; undefined unless it is connected. */
  get remoteAddress(): string | undefined;
  /** The far end's port. */
  get remotePort(): number | undefined;
  /** The family of the far end's address. */
  get remoteFamily(): "IPv4" | "IPv6" | undefined;
  /** The broker's own end. */
  get localAddress(): string | undefined;
  /** The port of the broker's own end. */
  get localPort(): number | undefined;
  /** The family of the broker's own address. */
  get localFamily(): "IPv4" | "IPv6" | undefined;
  /** Whether it has not been connected yet. */
  get pending(): boolean;
  /** In Node's words. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed";
  /** What `setTimeout()` set. */
  get timeout(): number | undefined;
  /** Bytes that wait to be sent. */
  get bufferSize(): number;
  /** The broker's own end; an empty object unless it is connected. */
  address(): AddressInfo | Record<string, never>;
  /** Emits `timeout` after that many milliseconds without traffic; 0 is never. The socket stays open. */
  setTimeout(delayMs: number, listener?: () => void): this;
  /** Counts if it is said before the connection is opened; a broker's socket cannot be changed afterwards. */
  setNoDelay(noDelay?: boolean): this;
  /** Counts if it is said before the connection is opened. */
  setKeepAlive(enable?: boolean, initialDelayMs?: number): this;
  /** Ends the writing side, and destroys the socket once all is written. */
  destroySoon(): void;
  /** Does nothing: a page does not end while sockets are open. */
  ref(): this;
  /** Does nothing. */
  unref(): this;
  /** Starts to open the socket of the SDK; `tls.TLSSocket` opens another kind. */
  protected openTransport(host: string, port: number, options: TCPSocketOptions): Transport;
  /** Goes on with what another socket has connected to. */
  protected inherit(other: Socket): void;
  protected failure(fault: unknown, syscall: string): Error;
}

/** A socket whose transport is given to it by `adopt()`. */
declare class StreamSocket extends Duplex {
  #private;
  /** Whether it is being opened, the time that a person takes to answer included. */
  connecting: boolean;
  /** Bytes that came. */
  bytesRead: number;
  /** Bytes that were handed to the broker. */
  bytesWritten: number;
  /** Makes a socket that is not connected. */
  constructor({ allowHalfOpen, signal }: SocketOptions);
  /** What is known of the connection while it is open. */
  protected get info(): TCPSocketOpenInfo | undefined;
  /** Whether there is a transport, open or about to be. */
  protected get hasTransport(): boolean;
  /** Breaks the connection off: what was written may be lost. */
  resetAndDestroy(): this;
  /** Emits; `close` says whether an error came before it, as Node's sockets do and the machinery does not. */
  emit(event: string | symbol, ...given: any[]): boolean;
  _read(): void;
  _write(chunk: Uint8Array, _encoding: unknown, callback: Callback): void;
  _writev(chunks: {
    chunk: Uint8Array;
  }[], callback: Callback): void;
  _final(callback: Callback): void;
  _destroy(fault: Error | null, callback: (error: Error | null) => void): void;
  /** Called once the connection is open, before `connect` is emitted. */
  protected onOpen(_info: TCPSocketOpenInfo): void;
  /** Makes Node's error of what the SDK threw. */
  protected failure(fault: unknown, syscall: string): Error;
  /** Node's sockets can be connected again after their end; libraries that reconnect rely on it. */
  protected startAnew(): void;
}

/** Options of `new net.Socket()`. */
interface SocketOptions {
  /** Whether this side may go on writing when the other has ended. */
  allowHalfOpen?: boolean;
  /** Destroys the socket when it aborts. */
  signal?: AbortSignal;
}

type Callback = (error?: Error | null) => void;

/** A stream socket of the SDK. */
type Transport = TCPSocket | BrokerTLSSocket;

/** Listens on the broker's machine once a person, or an earlier permission, allows it. */
declare class Server extends EventEmitter {
  #private;
  /** Whether it listens. */
  listening: boolean;
  /** Connections beyond this many are closed at once. */
  maxConnections: number | undefined;
  /** @param listener Called with every connection. */
  constructor(options?: ServerOptions, listener?: (socket: Socket) => void);
  /**
   * Listens: `listen(options, listener)`, or `listen(port, host, backlog, listener)`.
   *
   * @throws Error `ERR_SERVER_ALREADY_LISTEN`; TypeError with Node's `code` for a port that is none and for a Unix socket.
   */
  listen(...given: unknown[]): this;
  /** Where it listens; null unless it does. */
  address(): AddressInfo | null;
  /**
   * Accepts nothing more; `close` is emitted once all connections have ended.
   *
   * @param callback Called then, with an error when it did not listen.
   */
  close(callback?: (error?: Error) => void): this;
  /** Tells how many connections there are. */
  getConnections(callback: (error: null, count: number) => void): this;
  /** Does nothing: a page does not end while it listens. */
  ref(): this;
  /** Does nothing. */
  unref(): this;
  /** Does what `close()` does, and resolves when all connections have ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `net.createServer()`. */
interface ServerOptions {
  /** As `net.Socket`'s, for every connection. */
  allowHalfOpen?: boolean;
  /** Whether connections begin paused. */
  pauseOnConnect?: boolean;
}

/**
 * Makes a socket and connects it: `connect(options, listener)` or `connect(port, host, listener)`.
 *
 * @throws As `Socket.connect()` does.
 */
declare function connectSocket(...given: unknown[]): Socket;

/** Makes a server: `createServer(options, listener)` or `createServer(listener)`. */
declare function createServer(
  given?: ServerOptions | ((socket: Socket) => void),
  listener?: (socket: Socket) => void,
): Server;

/** The family of an IP address, 4 or 6; 0 when it is none. */
declare function isIP(text: string): 0 | 4 | 6;

/** Whether a text is an IPv4 address in dotted decimals. */
declare function isIPv4(text: string): boolean;

/** Whether a text is an IPv6 address, with a zone or without. */
declare function isIPv6(text: string): boolean;

/** The module. */
declare const tls: {
  TLSSocket: typeof TLSSocket;
  connect: typeof connectEncrypted;
};

/** An encrypted connection. `secureConnect` follows `connect` at once: the broker opens both in one. */
declare class TLSSocket extends Socket {
  #private;
  /** Always true. */
  readonly encrypted = true;
  /** Whether the certificate was verified: true once it is connected, for it would not be otherwise. */
  authorized: boolean;
  /** Always null: a certificate that does not hold ends the connection. */
  readonly authorizationError: null;
  /** The application protocol that was agreed on; false when none was, null before the connection is open. */
  alpnProtocol: string | false | null;
  /** @throws TypeError for options that ask for less than a verified certificate. */
  constructor(options?: TlsOptions);
  /** The name that was sent; false when it was none. */
  get servername(): string | false;
  /** The server's certificate; empty before the connection is open, and where the broker's platform does not tell. */
  getPeerCertificate(): PeerCertificate | Record<string, never>;
  protected openTransport(
    host: string,
    port: number,
    { secureTransport: _, ...options }: TCPSocketOptions,
  ): Transport;
  protected onOpen(info: TCPSocketOpenInfo): void;
}

/** Options of `tls.connect()`. The server's certificate is always verified, by the authorities that the broker trusts. */
interface TlsOptions extends SocketOptions {
  /** A connection of `net` that is to be encrypted, when the server has said that it may. */
  socket?: Socket;
  /** The name to send, and to verify the certificate for; the host when absent. */
  servername?: string;
  /** The application protocols to offer, the best one first. */
  ALPNProtocols?: string[];
  /** A certificate of the app's own, PEM, with its `key`. */
  cert?: string;
  key?: string;
  /** Nothing but true: verification cannot be switched off. */
  rejectUnauthorized?: boolean;
  /** Not there: the broker's own authorities decide. */
  ca?: unknown;
}

/** The server's certificate, as far as the broker tells. */
interface PeerCertificate {
  subject: Record<string, string>;
  issuer: Record<string, string>;
  valid_from: string;
  valid_to: string;
  fingerprint256: string;
}

/**
 * Makes an encrypted socket and connects it: `connect(options, listener)`, `connect(port, host, options, listener)`. The
 * listener is for `secureConnect`.
 *
 * @throws TypeError with Node's `code`: as `Socket.connect()` does, and for `rejectUnauthorized: false`.
 */
declare function connectEncrypted(...given: unknown[]): TLSSocket;

export { dgram, net, tls };
