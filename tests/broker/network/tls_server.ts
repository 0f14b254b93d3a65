/** TLS servers on loopback, with the certificates of tests/fixtures/tls. @module */

const fixtures = new URL("../../fixtures/tls/", import.meta.url);

/** A file of tests/fixtures/tls. */
export function readFixture(name: string): string {
  return Deno.readTextFileSync(new URL(name, fixtures));
}

/** The authority that signed the servers' certificates, PEM. */
export const testCa: string = readFixture("ca.pem");

/** A certificate of an app's own. */
export const clientCertificate = {
  cert: readFixture("client.pem"),
  key: readFixture("client.key.pem"),
};

/** Which certificate a server shows. */
export type ServerCertificate = "server" | "loopback" | "expired" | "self_signed";

/** A TLS server on 127.0.0.1 that serves every connection with a function. */
export class TlsServer implements Disposable {
  readonly #listener: Deno.TlsListener;
  readonly #connections: Deno.TlsConn[] = [];

  constructor(
    certificate: ServerCertificate,
    handle: (connection: Deno.TlsConn) => Promise<void>,
    alpnProtocols: string[] = [],
  ) {
    this.#listener = Deno.listenTls({
      hostname: "127.0.0.1",
      port: 0,
      cert: readFixture(`${certificate}.pem`),
      key: readFixture("server.key.pem"),
      ...(alpnProtocols.length > 0 && { alpnProtocols }),
    });
    this.#serve(handle).catch(() => {}); // It ends when the listener is closed.
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Closes the server and its connections. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // The test has closed it already.
      }
    }
  }

  async #serve(handle: (connection: Deno.TlsConn) => Promise<void>): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.push(connection);
      handle(connection).catch(() => {}); // A client that refuses the certificate fails the handshake here too.
    }
  }
}

/** Sends back what comes, and ends when the client does. */
export async function echo(connection: Deno.TlsConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let count = await connection.read(buffer); count !== null;) {
    for (let at = 0; at < count;) at += await connection.write(buffer.subarray(at, count));
    count = await connection.read(buffer);
  }
  await connection.closeWrite();
}
