/** The app's end of the relay: one WebSocket, opened when it is first needed and shared by all sockets. @module */
import type { OpenFrame } from "../schema/relay.ts";
import { maxAppStreamId, relaySubprotocol, relayTokenPrefix } from "../schema/relay_wire.ts";
import { backoffDelayMs } from "./backoff.ts";
import type { BrokerApi } from "./broker_api.ts";
import { failure, type LocalFault } from "./failure.ts";
import { type BrokerFrame, decodeBrokerFrame, encodeClose, encodeOpen } from "./frames.ts";
import { abandoned, RelayStream, type StreamCarrier, type StreamListener } from "./relay_stream.ts";

/** `WebSocket.OPEN`. */
const openState = 1;

/** One WebSocket and its streams. */
interface Connection {
  readonly webSocket: WebSocket;
  readonly streams: Map<number, RelayStream>;
  readonly carrier: StreamCarrier;
  lastStreamId: number;
}

/** How long at most it waits between two attempts to connect again. */
const longestDelayMs = 2000;

/** Hears that the relay was lost, and that it is there again. */
export interface RelayListener {
  /** @param message A sentence for people. */
  onLost(message: string): void;
  onRestored(): void;
}

/**
 * Carries sockets to the broker, from the first of them on. When the WebSocket is lost its streams end, and another one is
 * opened at once, for as long as it takes: permissions that hold until the app closes hold no longer than its relay.
 */
export class RelayClient {
  readonly #api: BrokerApi;
  readonly #listener: RelayListener;
  #connection: Promise<Connection> | null = null;
  #current: Connection | null = null;
  #failures = 0;
  #closed = false;
  /** Ends the wait before the next attempt; null while there is none. */
  #endDelay: (() => void) | null = null;

  constructor(api: BrokerApi, listener: RelayListener) {
    this.#api = api;
    this.#listener = listener;
  }

  /**
   * Opens a stream; what becomes of it `listener` hears.
   *
   * @throws DOMException `NetworkError` whose cause tells which wall stands before the broker; `NotAllowedError` when the
   * broker refuses this app.
   */
  async open(
    body: OpenFrame,
    listener: StreamListener,
    signal: AbortSignal,
  ): Promise<RelayStream> {
    const connection = this.#current ?? await this.#connect();
    signal.throwIfAborted();
    if (connection.webSocket.readyState !== openState) {
      const lost = relayLost("");
      throw failure("NetworkError", lost.message, lost);
    }
    const streamId = ++connection.lastStreamId;
    const stream = new RelayStream(streamId, connection.carrier, listener);
    connection.carrier.send(encodeOpen(streamId, body));
    if (streamId === maxAppStreamId) this.#retire(connection);
    return stream;
  }

  /** Closes the relay and ends its streams. */
  close(): void {
    this.#closed = true;
    this.#endDelay?.();
    if (!this.#current) return;
    const { webSocket, streams, carrier } = this.#current;
    // Said of each, so that the broker waits for nobody to come back to it.
    for (const { id } of streams.values()) carrier.send(encodeClose(id, { error: abandoned }));
    webSocket.close();
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#attempt().finally(() => this.#connection = null);
    return this.#connection;
  }

  #refuseWhenClosed(): void {
    if (!this.#closed) return;
    throw failure("InvalidStateError", "This connection to the broker is closed.");
  }

  async #attempt(): Promise<Connection> {
    this.#refuseWhenClosed();
    if (this.#failures > 0) {
      await this.#delay(Math.min(backoffDelayMs(this.#failures), longestDelayMs));
      this.#refuseWhenClosed();
    }
    const webSocket = new this.#api.environment.WebSocket(this.#api.relayUrl, [
      relaySubprotocol,
      `${relayTokenPrefix}${this.#api.token}`,
    ]);
    webSocket.binaryType = "arraybuffer";
    const opened = await new Promise<boolean>((resolve) => {
      webSocket.onopen = () => resolve(true);
      webSocket.onerror = webSocket.onclose = () => resolve(false);
    });
    if (this.#closed) webSocket.close();
    this.#refuseWhenClosed();
    if (!opened) {
      this.#failures++;
      throw await this.#explainFailure();
    }
    this.#failures = 0;
    return this.#current = this.#serve(webSocket);
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#endDelay = null;
        resolve();
      };
      const cancel = this.#api.environment.setTimer(delayMs, end);
      this.#endDelay = end;
    });
  }

  /** Connects again, unless the broker refuses this app. */
  async #restore(): Promise<void> {
    while (!this.#current) {
      try {
        await this.#connect();
      } catch (fault) {
        const isRefused = fault instanceof DOMException && fault.name === "NotAllowedError";
        if (this.#closed || isRefused) return;
      }
    }
    this.#listener.onRestored();
  }

  #serve(webSocket: WebSocket): Connection {
    const streams = new Map<number, RelayStream>();
    const carrier: StreamCarrier = {
      send: (message) => webSocket.send(message),
      adopt: (stream) => void streams.set(stream.id, stream),
      forget: (streamId) => void streams.delete(streamId),
    };
    const connection: Connection = { webSocket, streams, carrier, lastStreamId: 0 };
    webSocket.onmessage = ({ data }) => {
      try {
        const frame = decodeBrokerFrame(data);
        if (frame) deliver(frame, connection);
      } catch {
        webSocket.close(); // What comes is not the relay's wire; `onclose` ends the streams.
      }
    };
    webSocket.onerror = null;
    webSocket.onclose = ({ reason }) => {
      const wasCurrent = this.#current === connection;
      this.#retire(connection);
      const lost = relayLost(reason);
      for (const stream of [...streams.values()]) stream.end(lost);
      if (this.#closed || !wasCurrent) return;
      this.#listener.onLost(lost.message);
      this.#restore();
    };
    return connection;
  }

  /** Opens no more streams on this connection. */
  #retire(connection: Connection): void {
    if (this.#current === connection) this.#current = null;
  }

  /** A WebSocket does not say why it failed; an ordinary call does. */
  async #explainFailure(): Promise<DOMException> {
    try {
      await this.#api.call("GET", "/apps/me");
    } catch (fault) {
      if (fault instanceof DOMException) return fault;
    }
    const lost = relayLost("");
    return failure("NetworkError", lost.message, lost);
  }
}

/** What a listener accepts goes to the listener; when that has gone meanwhile, nobody takes it. */
function deliver(frame: BrokerFrame, { streams, carrier }: Connection): void {
  const isAccepted = frame.type === "ACCEPTED";
  const stream = streams.get(isAccepted ? frame.body.listenerStreamId : frame.streamId);
  if (stream) stream.receive(frame);
  else if (isAccepted) carrier.send(encodeClose(frame.streamId, { error: abandoned }));
}

function relayLost(reason: string): LocalFault {
  const because = reason === "" ? "" : `: ${reason}`;
  return { code: "relay-lost", message: `The connection to the broker was lost${because}.` };
}
