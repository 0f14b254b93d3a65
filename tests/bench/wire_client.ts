/** The least of a client of the relay's own wire, as the Wisp client beside it is of Wisp's: no streams, no registration. @module */
import type { OpenFrame } from "../../broker/schema/relay.ts";
import {
  frameHeaderBytes,
  frameType,
  maxCreditBytes,
  relaySubprotocol,
  relayTokenPrefix,
} from "../../broker/schema/relay_wire.ts";
import {
  decodeBrokerFrame,
  encodeClose,
  encodeDatagram,
  encodeOpen,
} from "../../broker/sdk/frames.ts";

/** One stream that is open. */
export interface WireStream {
  /** Sends the bytes in one frame; resolves when the next may follow. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

interface Stream {
  onData: (bytes: Uint8Array) => void;
  credit: number;
  creditArrived: () => void;
  opened: (fault: Error | null) => void;
}

/** A relay. */
export class WireClient {
  readonly #webSocket: WebSocket;
  readonly #streams = new Map<number, Stream>();
  #lastStreamId = 0;

  private constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.onmessage = ({ data }) => this.#receive(data);
  }

  /** Connects with an app token. */
  static connect(url: string, token: string): Promise<WireClient> {
    const webSocket = new WebSocket(url, [relaySubprotocol, relayTokenPrefix + token]);
    webSocket.binaryType = "arraybuffer";
    return new Promise((resolve, reject) => {
      webSocket.onerror = () => reject(new Error("The relay does not answer"));
      webSocket.onopen = () => resolve(new WireClient(webSocket));
    });
  }

  /** Opens a TCP connection; resolves once the broker says that it is open. All that comes is taken at once. */
  async open(
    host: string,
    port: number,
    onData: (bytes: Uint8Array) => void,
  ): Promise<WireStream> {
    const body = { protocol: "tcp", remoteAddress: host, remotePort: port, noDelay: true };
    const { streamId, stream } = await this.#open(body, onData);
    return this.#toStream(streamId, stream, (bytes) => bytes.length, (bytes) => {
      this.#send(frameType.DATA, streamId, bytes);
    });
  }

  /** Opens a UDP socket for one peer; each write is a datagram. */
  async openDatagrams(
    host: string,
    port: number,
    onDatagram: (bytes: Uint8Array) => void,
  ): Promise<WireStream> {
    const body = { protocol: "udp", remoteAddress: host, remotePort: port };
    const { streamId, stream } = await this.#open(body, onDatagram);
    return this.#toStream(streamId, stream, () => 1, (bytes) => {
      this.#webSocket.send(encodeDatagram(streamId, { family: 0, host: "", port: 0, bytes }));
    });
  }

  async #open(
    body: object,
    onData: (bytes: Uint8Array) => void,
  ): Promise<{ streamId: number; stream: Stream }> {
    const streamId = ++this.#lastStreamId;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stream: Stream = {
      onData,
      credit: 0,
      creditArrived: () => {},
      opened: (fault) => fault ? reject(fault) : resolve(),
    };
    this.#streams.set(streamId, stream);
    this.#webSocket.send(encodeOpen(streamId, { ...body, credit: maxCreditBytes } as OpenFrame));
    await promise;
    return { streamId, stream };
  }

  #toStream(
    streamId: number,
    stream: Stream,
    creditOf: (bytes: Uint8Array) => number,
    send: (bytes: Uint8Array) => void,
  ): WireStream {
    return {
      write: async (bytes) => {
        const needed = creditOf(bytes);
        while (stream.credit < needed) {
          await new Promise<void>((resolve) => stream.creditArrived = resolve);
        }
        stream.credit -= needed;
        send(bytes);
      },
      close: () => {
        this.#streams.delete(streamId);
        this.#webSocket.send(encodeClose(streamId, { error: null }));
      },
    };
  }

  #receive(message: ArrayBuffer): void {
    const frame = decodeBrokerFrame(message);
    const stream = frame && this.#streams.get(frame.streamId);
    if (!stream) return;
    if (frame.type === "DATA" || frame.type === "DATAGRAM") stream.onData(frame.bytes);
    if (frame.type === "CREDIT") {
      stream.credit += frame.addedBytes;
      stream.creditArrived();
    }
    if (frame.type === "OPENED") {
      stream.credit = frame.body.credit;
      stream.opened(null);
    }
    if (frame.type === "CLOSE") stream.opened(new Error(frame.body.error?.message ?? "Closed"));
  }

  #send(type: number, streamId: number, bytes: Uint8Array): void {
    const message = new Uint8Array(frameHeaderBytes + bytes.length);
    message[0] = type;
    new DataView(message.buffer).setUint32(1, streamId, true);
    message.set(bytes, frameHeaderBytes);
    this.#webSocket.send(message);
  }
}
