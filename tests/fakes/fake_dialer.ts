/** A dialer whose connections are made of memory, and which a test can make fail. @module */
import {
  ConnectError,
  type Dialer,
  type DialOptions,
  type Endpoint,
  type StartTlsOptions,
  type TcpConnection,
} from "../../broker/actions/ports.ts";
import type { SessionError, TlsFacts } from "../../broker/schema/session.ts";

/** A connection to nobody: it reads nothing until it is closed. */
export class FakeConnection implements TcpConnection {
  readonly local: Endpoint = { address: "127.0.0.1", port: 50_000 };
  closed = false;
  /** What it was encrypted with; null while it is plain. */
  tls: StartTlsOptions | null = null;
  /** Set, encrypting fails with this. */
  tlsFailure: SessionError | null = null;
  #end: (() => void) | undefined;

  constructor(readonly remote: Endpoint) {}

  read(): Promise<number | null> {
    return new Promise((_, reject) => {
      this.#end = () => reject(new Error("closed"));
      if (this.closed) this.#end();
    });
  }

  write(): Promise<void> {
    return this.closed ? Promise.reject(new Error("closed")) : Promise.resolve();
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  startTls(options: StartTlsOptions): Promise<TlsFacts> {
    this.tls = options;
    if (!this.tlsFailure) {
      return Promise.resolve({ serverName: options.serverName, alpn: options.alpn[0] ?? null });
    }
    this.close();
    return Promise.reject(new ConnectError(this.tlsFailure));
  }

  close(): void {
    this.closed = true;
    this.#end?.();
  }
}

/** A `Dialer` that remembers what it dialed. */
export class FakeDialer implements Dialer {
  /** What was dialed, in order. */
  readonly dialed: { addresses: readonly string[]; port: number }[] = [];
  /** Every connection made, in order. */
  readonly connections: FakeConnection[] = [];
  /** Set, dialing fails with this. */
  failure: SessionError | null = null;
  /** Set, encrypting what it dialed fails with this. */
  tlsFailure: SessionError | null = null;
  /** Set, connections lead here, whatever was asked for. */
  leadsTo: string | null = null;
  /** Called before a connection is made; a test changes the world here. */
  beforeConnecting: () => Promise<void> | void = () => {};

  async connectTcp(
    addresses: readonly string[],
    port: number,
    _options: DialOptions,
  ): Promise<TcpConnection> {
    this.dialed.push({ addresses, port });
    await this.beforeConnecting();
    if (this.failure) throw new ConnectError(this.failure);
    const connection = new FakeConnection({ address: this.leadsTo ?? addresses[0] ?? "", port });
    connection.tlsFailure = this.tlsFailure;
    this.connections.push(connection);
    return connection;
  }
}
