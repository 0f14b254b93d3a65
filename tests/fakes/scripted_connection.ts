/** A TCP connection whose peer is the test. @module */
import type { Endpoint, StartTlsOptions, TcpConnection } from "../../broker/actions/ports.ts";
import type { TlsFacts } from "../../broker/schema/session.ts";

/** A `TcpConnection`: reads what the test delivers, keeps what is written. */
export class ScriptedConnection implements TcpConnection {
  readonly local: Endpoint = { address: "127.0.0.1", port: 50_000 };
  readonly remote: Endpoint = { address: "192.0.2.1", port: 993 };
  /** Every write, in order. */
  readonly writes: Uint8Array[] = [];
  /** How much room each read had, in order. */
  readonly rooms: number[] = [];
  closed = false;
  writeClosed = false;
  /** What it was encrypted with; null while it is plain. */
  tls: StartTlsOptions | null = null;
  /** Set, a handshake waits for this. */
  handshake: Promise<void> | null = null;
  /** While true, writes wait for `resumeWrites()`. */
  stalled = false;
  #incoming: (Uint8Array | null | Error)[] = [];
  #wakeReader = () => {};
  #wakeWriter = Promise.withResolvers<void>();

  /** The peer sends bytes. */
  deliver(bytes: Uint8Array): void {
    this.#incoming.push(bytes);
    this.#wakeReader();
  }

  /** The peer sends FIN. */
  deliverFin(): void {
    this.#incoming.push(null);
    this.#wakeReader();
  }

  /** The connection breaks: a read rejects. */
  deliverFault(fault: Error): void {
    this.#incoming.push(fault);
    this.#wakeReader();
  }

  /** The peer reads again. */
  resumeWrites(): void {
    this.stalled = false;
    this.#wakeWriter.resolve();
  }

  /** A write that waits rejects. */
  failWrites(fault: Error): void {
    this.#wakeWriter.reject(fault);
  }

  /** Bytes that nobody has read yet. */
  get unreadBytes(): number {
    return this.#incoming.reduce(
      (sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : 0),
      0,
    );
  }

  /** Everything written, as text. */
  get writtenText(): string {
    return this.writes.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.rooms.push(buffer.length);
    while (this.#incoming.length === 0 && !this.closed) {
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
    if (this.closed) throw new Error("closed");
    const piece = this.#incoming.shift() ?? null;
    if (piece === null) return null;
    if (piece instanceof Error) throw piece;
    const taken = piece.subarray(0, buffer.length);
    if (taken.length < piece.length) this.#incoming.unshift(piece.subarray(taken.length));
    buffer.set(taken);
    return taken.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.closed) throw new Error("closed");
    if (this.stalled) {
      this.#wakeWriter = Promise.withResolvers();
      await this.#wakeWriter.promise;
    }
    this.writes.push(bytes.slice());
  }

  closeWrite(): Promise<void> {
    this.writeClosed = true;
    return Promise.resolve();
  }

  async startTls(options: StartTlsOptions): Promise<TlsFacts> {
    this.tls = options;
    if (this.handshake) await this.handshake;
    return { serverName: options.serverName, alpn: options.alpn[0] ?? null };
  }

  close(): void {
    this.closed = true;
    this.#wakeReader();
    this.#wakeWriter.reject(new Error("closed"));
    this.#wakeWriter.promise.catch(() => {});
  }
}
