/** What carries a TCP connection, or datagrams, in a benchmark: the SDK, a peer's client, or nothing at all. @module */
import { connect } from "../../broker/sdk/connect.ts";
import { TCPSocket } from "../../broker/sdk/tcp_socket.ts";
import { UDPSocket } from "../../broker/sdk/udp_socket.ts";
import { WireClient } from "./wire_client.ts";
import { WispClient } from "./wisp_client.ts";

/** One TCP connection. */
export interface Carried {
  /** Sends bytes; resolves when more may follow. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The next bytes. */
  read(): Promise<Uint8Array>;
  close(): void;
}

/** One UDP socket whose peer is the target. */
export interface CarriedDatagrams {
  /** Sends a datagram; resolves when the next may follow. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
  /** Calls back for each datagram that comes, until it is closed. */
  receive(onDatagram: () => void): void;
  close(): void;
}

/** Opens TCP connections to the target, and UDP sockets where it carries these. */
export interface Carrier {
  open(): Promise<Carried>;
  openDatagrams?(): Promise<CarriedDatagrams>;
}

/** Whom a benchmark compares. */
export type CarrierName = "raw" | "gatehouse" | "gatehouse SDK" | "websockify" | "wisp-js";

/** Where everybody is. */
export interface Places {
  targetPort: number;
  /** The port of the server that carries; the target's for `raw`. */
  port: number;
  /** The app token for Gatehouse. */
  token: string;
}

/** Makes a carrier. */
export async function makeCarrier(name: CarrierName, places: Places): Promise<Carrier> {
  switch (name) {
    case "raw":
      return rawCarrier(places);
    case "gatehouse":
      return await wireCarrier(places);
    case "gatehouse SDK":
      return await sdkCarrier(places);
    case "websockify":
      return websockifyCarrier(places);
    case "wisp-js":
      return await wispCarrier(places);
  }
}

function rawCarrier({ targetPort }: Places): Carrier {
  return {
    async open() {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
      conn.setNoDelay(true);
      const buffer = new Uint8Array(256 * 1024);
      return {
        async write(bytes) {
          for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
        },
        read: async () => buffer.subarray(0, await conn.read(buffer) ?? 0),
        close: () => conn.close(),
      };
    },
    openDatagrams() {
      const conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
      const to = { transport: "udp", hostname: "127.0.0.1", port: targetPort } as const;
      const buffer = new Uint8Array(65_507);
      return Promise.resolve({
        send: (bytes) => conn.send(bytes, to),
        async receive(onDatagram) {
          try {
            for (;; onDatagram()) await conn.receive(buffer);
          } catch {
            // It was closed.
          }
        },
        close: () => conn.close(),
      });
    },
  };
}

/** The relay's wire alone, as the peers below are measured. */
async function wireCarrier({ port, targetPort, token }: Places): Promise<Carrier> {
  const client = await WireClient.connect(`ws://127.0.0.1:${port}/api/v1/relay`, token);
  return {
    async open() {
      const inbox = new Inbox();
      const stream = await client.open("127.0.0.1", targetPort, (bytes) => inbox.push(bytes));
      return {
        write: (bytes) => stream.write(bytes),
        read: () => inbox.read(),
        close: () => stream.close(),
      };
    },
    async openDatagrams() {
      let heard = () => {};
      const stream = await client.openDatagrams("127.0.0.1", targetPort, () => heard());
      return {
        send: (bytes) => stream.write(bytes),
        receive: (onDatagram) => void (heard = onDatagram),
        close: () => stream.close(),
      };
    },
  };
}

/** What an app has: `TCPSocket` with its streams, on top of the wire. */
async function sdkCarrier({ port, targetPort, token }: Places): Promise<Carrier> {
  const gatehouse = await connect({ broker: `http://127.0.0.1:${port}`, token });
  return {
    async open() {
      const socket = new TCPSocket("127.0.0.1", targetPort, { gatehouse, noDelay: true });
      const { readable, writable } = await socket.opened;
      const reader = readable.getReader();
      const writer = writable.getWriter();
      return {
        write: (bytes) => writer.write(bytes),
        read: async () => (await reader.read()).value ?? new Uint8Array(0),
        close() {
          reader.releaseLock();
          writer.releaseLock();
          socket.close();
        },
      };
    },
    async openDatagrams() {
      const options = { remoteAddress: "127.0.0.1", remotePort: targetPort, gatehouse };
      const socket = new UDPSocket(options);
      const { readable, writable } = await socket.opened;
      const reader = readable.getReader();
      const writer = writable.getWriter();
      return {
        send: (data) => writer.write({ data }),
        async receive(onDatagram) {
          while (!(await reader.read().catch(() => ({ done: true }))).done) onDatagram();
        },
        close: () => void socket[Symbol.asyncDispose](),
      };
    },
  };
}

/** Messages of a WebSocket or a stream, to be read one by one. */
class Inbox {
  readonly #messages: Uint8Array[] = [];
  #arrived: (() => void) | null = null;

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#arrived?.();
  }

  async read(): Promise<Uint8Array> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    return this.#messages.shift() ?? new Uint8Array(0);
  }
}

/** As much as a WebSocket may hold back before its writer waits; it says nothing when it has sent, so it is asked. */
const maxBufferedBytes = 4 * 1024 * 1024;

async function drained(webSocket: { bufferedAmount: number }): Promise<void> {
  while (webSocket.bufferedAmount > maxBufferedBytes) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function websockifyCarrier({ port }: Places): Carrier {
  return {
    async open() {
      const webSocket = new WebSocket(`ws://127.0.0.1:${port}/`, "binary");
      webSocket.binaryType = "arraybuffer";
      const inbox = new Inbox();
      webSocket.onmessage = ({ data }) => inbox.push(new Uint8Array(data));
      await new Promise<void>((resolve, reject) => {
        webSocket.onopen = () => resolve();
        webSocket.onerror = () => reject(new Error("websockify does not answer"));
      });
      return {
        async write(bytes) {
          webSocket.send(bytes);
          await drained(webSocket);
        },
        read: () => inbox.read(),
        close: () => webSocket.close(),
      };
    },
  };
}

async function wispCarrier({ port, targetPort }: Places): Promise<Carrier> {
  const client = await WispClient.connect(`ws://127.0.0.1:${port}/`);
  return {
    open() {
      const inbox = new Inbox();
      const stream = client.open("127.0.0.1", targetPort, (bytes) => inbox.push(bytes));
      return Promise.resolve({
        write: (bytes) => stream.write(bytes),
        read: () => inbox.read(),
        close: () => stream.close(),
      });
    },
    openDatagrams() {
      let heard = () => {};
      const stream = client.open("127.0.0.1", targetPort, () => heard(), "udp");
      return Promise.resolve({
        send: (bytes) => stream.write(bytes),
        receive: (onDatagram) => void (heard = onDatagram),
        close: () => stream.close(),
      });
    },
  };
}
