/** A binder whose listeners a test connects to by hand. @module */
import {
  type Binder,
  ConnectError,
  type ListenOptions,
  type TcpConnection,
  type TcpListener,
} from "../../broker/actions/ports.ts";
import type { SessionError } from "../../broker/schema/session.ts";
import { FakeConnection } from "./fake_dialer.ts";

/** A `TcpListener` in memory. */
export class FakeListener implements TcpListener {
  closed = false;
  readonly #waiting: TcpConnection[] = [];
  #wake = () => {};

  constructor(
    readonly local: { address: string; port: number },
    /** What it was made with. */
    readonly options: ListenOptions,
  ) {}

  /** Somebody connects. */
  connect(remote = { address: "198.51.100.7", port: 50_001 }): FakeConnection {
    const connection = new FakeConnection(remote);
    this.take(connection);
    return connection;
  }

  /** A connection of the test's own making comes. */
  take(connection: TcpConnection): void {
    this.#waiting.push(connection);
    this.#wake();
  }

  /** How many connections nobody has accepted. */
  get backlog(): number {
    return this.#waiting.length;
  }

  async accept(): Promise<TcpConnection | null> {
    while (!this.closed) {
      const connection = this.#waiting.shift();
      if (connection) return connection;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return null;
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }
}

/** A `Binder` that remembers what it bound. */
export class FakeBinder implements Binder {
  /** Every listener made, in order. */
  readonly listeners: FakeListener[] = [];
  /** Set, listening fails with this. */
  failure: SessionError | null = null;
  /** The ports that the system gives to who names none, in order; 40000 and those that follow when it is empty. */
  readonly nextPorts: number[] = [];
  /** Called before a listener is made; a test changes the world here. */
  beforeListening: () => void = () => {};
  #lastPort = 39_999;

  listenTcp(address: string, port: number | null, options: ListenOptions): FakeListener {
    this.beforeListening();
    if (this.failure) throw new ConnectError(this.failure);
    const listener = new FakeListener(
      { address, port: port ?? this.nextPorts.shift() ?? ++this.#lastPort },
      options,
    );
    this.listeners.push(listener);
    return listener;
  }
}
