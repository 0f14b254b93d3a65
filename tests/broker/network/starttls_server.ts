/** A server on loopback that begins in plain text and encrypts when it is told to; some that inject. @module */
import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import * as tls from "node:tls";
import type { AddressInfo } from "node:net";
import { clientCertificate, readFixture, type ServerCertificate } from "./tls_server.ts";

/**
 * What a server does beside its duty: `pipelined` says more in one piece with its go-ahead, `after` in answer to the first
 * bytes of the handshake.
 */
export type Injection = "none" | "pipelined" | "after";

/** What somebody on the way puts in, to be taken for what the server says. */
export const injected = "250 injected\r\n";

/** Says `220 ready`, on `STARTTLS` `220 go`, and then echoes what comes encrypted. Asks every client for a certificate. */
export class StartTlsServer implements AsyncDisposable {
  /** The names of the certificates that clients have shown, in the order of their handshakes; null for none. */
  readonly clients: (string | null)[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #injection: Injection;
  readonly #certificate: ServerCertificate;

  private constructor(certificate: ServerCertificate, injection: Injection) {
    this.#certificate = certificate;
    this.#injection = injection;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Starts one on a free port. */
  static async start(
    { certificate = "loopback", injection = "none" }: {
      certificate?: ServerCertificate;
      injection?: Injection;
    } = {},
  ): Promise<StartTlsServer> {
    const server = new StartTlsServer(certificate, injection);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Puts more in plain text on the way of every connection; resolves when it has left. */
  async inject(): Promise<void> {
    const left = (socket: Socket) =>
      new Promise<void>((resolve) => socket.write(injected, () => resolve()));
    await Promise.all([...this.#sockets].map(left));
  }

  /** Closes it and its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    let heard = "";
    const listen = (bytes: Uint8Array) => {
      heard += new TextDecoder().decode(bytes);
      if (heard === "QUIT\r\n") return socket.end("221 bye\r\n");
      if (heard !== "STARTTLS\r\n") return;
      socket.off("data", listen);
      if (this.#injection === "after") socket.once("data", () => socket.write(injected));
      else this.#encrypt(socket);
      const more = this.#injection === "pipelined" ? injected : "";
      socket.write(`220 go\r\n${more}`);
    };
    socket.on("data", listen);
  }

  #encrypt(socket: Socket): void {
    const secure = new tls.TLSSocket(socket, {
      isServer: true,
      cert: readFixture(`${this.#certificate}.pem`),
      key: readFixture("server.key.pem"),
      ca: [clientCertificate.cert],
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ["smtp"],
    });
    secure.on("error", () => {});
    secure.on("secure", () => {
      const name = secure.getPeerCertificate()?.subject?.CN;
      this.clients.push(name === undefined ? null : `${name}`);
    });
    secure.on("data", (bytes) => secure.write(bytes));
    secure.on("end", () => secure.end());
  }
}
