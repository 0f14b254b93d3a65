/** The least of a Wisp v1 client: many streams over one WebSocket, with the packet credit of the protocol. @module */

/** Frame types of Wisp v1: `u8 type | u32 stream id, little-endian | payload`. */
const wispType = { connect: 1, data: 2, continue: 3, close: 4 } as const;
const streamType = { tcp: 1, udp: 2 } as const;
const headerBytes = 5;
const voluntary = 2;

/** One stream. */
export interface WispStream {
  /** Sends one packet; resolves when the next may follow. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

interface Open {
  onData: (bytes: Uint8Array) => void;
  credit: number;
  creditArrived: () => void;
}

/** A connection to a Wisp server. */
export class WispClient {
  readonly #webSocket: WebSocket;
  readonly #streams = new Map<number, Open>();
  #initialCredit = 0;
  #lastStreamId = 0;

  private constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  /** Connects, and waits for the server's first CONTINUE. */
  static connect(url: string): Promise<WispClient> {
    const webSocket = new WebSocket(url);
    webSocket.binaryType = "arraybuffer";
    const client = new WispClient(webSocket);
    return new Promise((resolve, reject) => {
      webSocket.onerror = () => reject(new Error("The Wisp server does not answer"));
      webSocket.onmessage = ({ data }) => {
        if (client.#receive(data)) resolve(client);
      };
    });
  }

  /** Opens a stream; the server does not say when it is open. */
  open(
    host: string,
    port: number,
    onData: (bytes: Uint8Array) => void,
    type: keyof typeof streamType = "tcp",
  ): WispStream {
    const streamId = ++this.#lastStreamId;
    // Datagrams have no credit.
    const credit = type === "udp" ? Infinity : this.#initialCredit;
    const stream: Open = { onData, credit, creditArrived: () => {} };
    this.#streams.set(streamId, stream);
    const payload = [streamType[type], port & 0xff, port >>> 8, ...new TextEncoder().encode(host)];
    this.#send(wispType.connect, streamId, Uint8Array.from(payload));
    return {
      write: async (bytes) => {
        while (stream.credit === 0) {
          await new Promise<void>((resolve) => stream.creditArrived = resolve);
        }
        stream.credit--;
        this.#send(wispType.data, streamId, bytes);
      },
      close: () => {
        this.#streams.delete(streamId);
        this.#send(wispType.close, streamId, Uint8Array.of(voluntary));
      },
    };
  }

  /** @returns Whether this was the CONTINUE that begins the connection. */
  #receive(message: ArrayBuffer): boolean {
    const view = new DataView(message);
    const streamId = view.getUint32(1, true);
    const stream = this.#streams.get(streamId);
    if (view.getUint8(0) === wispType.data) {
      stream?.onData(new Uint8Array(message, headerBytes));
    } else if (view.getUint8(0) === wispType.continue) {
      const credit = view.getUint32(headerBytes, true);
      if (streamId === 0) {
        this.#initialCredit = credit;
        return true;
      }
      if (stream) {
        stream.credit = credit;
        stream.creditArrived();
      }
    }
    return false;
  }

  #send(type: number, streamId: number, payload: Uint8Array): void {
    const message = new Uint8Array(headerBytes + payload.length);
    message[0] = type;
    new DataView(message.buffer).setUint32(1, streamId, true);
    message.set(payload, headerBytes);
    this.#webSocket.send(message);
  }
}
