/** UDP sockets that are made of memory, and which a test can make fail. @module */
import {
  type BindUdpOptions,
  ConnectError,
  type Endpoint,
  type MulticastGroup,
  type Udp,
  type UdpSocket,
  type UdpSocketEvents,
} from "../../broker/actions/ports.ts";
import type { SessionError } from "../../broker/schema/session.ts";

/** A socket of nobody: what it is told to send is kept, what comes a test delivers. */
export class FakeUdpSocket implements UdpSocket {
  closed = false;
  /** What was sent, in order. */
  readonly sent: { bytes: Uint8Array; to: Endpoint }[] = [];
  /** The groups that it is in, `address` or `source to address`. */
  readonly groups = new Set<string>();
  /** Set, sending fails with this. */
  sendFailure: SessionError | null = null;
  /** Set, joining fails with this. */
  joinFailure: SessionError | null = null;
  /** Set, what is sent waits for it. */
  sending: Promise<void> = Promise.resolve();
  #events: UdpSocketEvents | null = null;

  /** @param bound What it was bound with; null for a connected one. */
  constructor(readonly local: Endpoint, readonly bound: BindUdpOptions | null) {}

  receive(events: UdpSocketEvents): void {
    this.#events = events;
  }

  /** A datagram comes. */
  deliver(text: string, from: Endpoint): void {
    this.#events?.onDatagram(new TextEncoder().encode(text), from);
  }

  /** The socket fails by itself. */
  fail(error: SessionError): void {
    this.close();
    this.#events?.onFault(new ConnectError(error));
  }

  async send(bytes: Uint8Array, to: Endpoint): Promise<void> {
    await this.sending;
    if (this.sendFailure) throw new ConnectError(this.sendFailure);
    this.sent.push({ bytes, to });
  }

  join(group: MulticastGroup): void {
    if (this.joinFailure) throw new ConnectError(this.joinFailure);
    this.groups.add(nameOf(group));
  }

  leave(group: MulticastGroup): void {
    this.groups.delete(nameOf(group));
  }

  close(): void {
    this.closed = true;
    this.groups.clear();
  }
}

function nameOf({ address, source }: MulticastGroup): string {
  return source === null ? address : `${source} to ${address}`;
}

/** The `Udp` port that remembers what it opened. */
export class FakeUdp implements Udp {
  /** Every socket, in order. */
  readonly sockets: FakeUdpSocket[] = [];
  /** Where connected sockets lead, in order. */
  readonly connected: Endpoint[] = [];
  /** Set, opening fails with this. */
  failure: SessionError | null = null;
  /** Called before a socket is made; a test changes the world here. */
  beforeOpening: () => Promise<void> | void = () => {};

  async connect(peer: Endpoint): Promise<UdpSocket> {
    this.connected.push(peer);
    return await this.#open({ address: "0.0.0.0", port: 50_000 }, null);
  }

  async bind(options: BindUdpOptions): Promise<UdpSocket> {
    const { address, port } = options;
    return await this.#open({ address, port: port ?? 50_000 }, options);
  }

  async #open(local: Endpoint, bound: BindUdpOptions | null): Promise<UdpSocket> {
    await this.beforeOpening();
    if (this.failure) throw new ConnectError(this.failure);
    const socket = new FakeUdpSocket(local, bound);
    this.sockets.push(socket);
    return socket;
  }
}
