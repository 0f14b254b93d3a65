/** A stream that carries a fetch: the request's body one way, the head and body of the answer the other. @module */
import type { OpenFetch } from "../actions/fetch_session.ts";
import { ConnectError } from "../actions/ports.ts";
import { FetchWish } from "../schema/fetch.ts";
import type { FetchOpenFrame } from "../schema/relay.ts";
import { frameHeaderBytes, maxCreditBytes, maxDataBytes } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { AppBody } from "./app_body.ts";
import { writeDataHeader } from "./frame_codec.ts";
import {
  protocolError,
  type RelayHost,
  type RelayStream,
  type StreamFrame,
} from "./relay_stream.ts";
import { headerRoomBytes } from "./relay_socket.ts";

/** Where the payload begins in a buffer: behind the WebSocket's header and the frame's. */
const payloadStart = headerRoomBytes + frameHeaderBytes;

/** Starts the fetch that `body` asks for, as stream `streamId` of the relay. */
export function openFetchStream(host: RelayHost, streamId: number, body: FetchOpenFrame): void {
  host.put(streamId, new FetchStream(host, streamId, body));
}

/** One fetch. It ends with its answer, at the first fault, or when the app lets go of it. */
class FetchStream implements RelayStream {
  readonly #host: RelayHost;
  readonly #streamId: number;
  readonly #aborter = new AbortController();
  readonly #body: AppBody | null;
  readonly #window: ReturnType<RelayHost["windows"]["take"]> | null;
  /** Credit that the app has for its body. */
  #brokerCreditBytes = 0;
  #takenBytes = 0;
  /** Credit that the app has given for the answer. */
  #appCreditBytes: number;
  #creditArrived: (() => void) | null = null;
  #over = false;

  constructor(host: RelayHost, streamId: number, { hasBody, credit, ...rest }: FetchOpenFrame) {
    this.#host = host;
    this.#streamId = streamId;
    this.#appCreditBytes = credit;
    this.#body = hasBody ? new AppBody((takenBytes) => this.#giveCredit(takenBytes)) : null;
    this.#window = hasBody ? host.windows.take() : null;
    if (this.#window) this.#sendCredit(this.#window.windowBytes);
    const { protocol: _protocol, ...wish } = rest;
    this.#serve(FetchWish.parse(wish)).catch((fault) => this.#fail(fault));
  }

  /** The app sends its body, or takes more of the answer's. */
  receive(frame: StreamFrame): void {
    switch (frame.type) {
      case "DATA":
        return this.#receiveBody(frame.bytes);
      case "FIN":
        if (!this.#body || this.#body.over) return this.#refuse("FIN, but has no body to end");
        return this.#body.finish();
      case "CREDIT":
        this.#appCreditBytes = Math.min(this.#appCreditBytes + frame.addedBytes, maxCreditBytes);
        return this.#creditArrived?.();
      default:
        return this.#refuse(frame.type);
    }
  }

  /** The app wants no more of it. */
  closedByApp(): void {
    this.#finish();
  }

  /** Ends it at once. */
  end(error: SessionError | null): void {
    if (this.#over) return;
    this.#host.sender.control({ type: "CLOSE", streamId: this.#streamId, body: { error } });
    this.#finish();
  }

  #receiveBody(bytes: Uint8Array): void {
    if (!this.#body || this.#body.over) return this.#refuse("DATA, but has no body to send");
    if (bytes.length > this.#brokerCreditBytes) return this.#refuse("more than it had credit for");
    this.#brokerCreditBytes -= bytes.length;
    this.#body.push(bytes);
  }

  #refuse(what: string): void {
    this.end(protocolError(`The app sent ${what}.`));
  }

  async #serve(wish: FetchWish): Promise<void> {
    const { opens, contextId, sender } = this.#host;
    const streamId = this.#streamId;
    const opened = await opens.fetch({ contextId, wish, body: this.#body }, {
      signal: this.#aborter.signal,
      onWaiting: (requestId) => {
        if (!this.#over) sender.control({ type: "WAITING", streamId, body: { requestId } });
      },
      onCut: (error) => this.end(error),
    });
    if (this.#over) return opened.end(null);
    const { session, head } = opened;
    sender.control({ type: "HEAD", streamId, body: { sessionId: session.id, head } });
    await this.#sendAnswer(opened);
    this.end(null);
  }

  async #sendAnswer({ body }: OpenFetch): Promise<void> {
    // One buffer for all of it: the sender is waited for, and has let go of it by then.
    let message = new Uint8Array(0);
    for await (const bytes of body) {
      for (let offset = 0; offset < bytes.length;) {
        while (this.#appCreditBytes === 0 && !this.#over) {
          await new Promise<void>((resolve) => this.#creditArrived = resolve);
        }
        if (this.#over) return;
        const count = Math.min(bytes.length - offset, this.#appCreditBytes, maxDataBytes);
        if (message.length < payloadStart + count) message = new Uint8Array(payloadStart + count);
        message.set(bytes.subarray(offset, offset + count), payloadStart);
        const frame = message.subarray(headerRoomBytes, payloadStart + count);
        writeDataHeader(frame, this.#streamId);
        this.#appCreditBytes -= count;
        offset += count;
        await this.#host.sender.data(frame);
      }
      if (this.#over) return;
    }
  }

  #giveCredit(takenBytes: number): void {
    const { windowBytes } = this.#window!;
    this.#takenBytes += takenBytes;
    if (this.#over || this.#body?.over || this.#takenBytes < windowBytes / 4) return;
    this.#sendCredit(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #sendCredit(addedBytes: number): void {
    this.#brokerCreditBytes += addedBytes;
    this.#host.sender.control({ type: "CREDIT", streamId: this.#streamId, addedBytes });
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#host.remove(this.#streamId);
    this.#window?.giveBack();
    this.#creditArrived?.();
    this.#aborter.abort();
    this.#body?.fail(new Error("The fetch is over."));
  }

  #fail(fault: unknown): void {
    if (this.#over) return;
    if (fault instanceof ConnectError) return this.end(fault.error);
    this.#host.log.error("relay-fetch-fault", fault, { contextId: this.#host.contextId });
    this.end({
      code: "internal-error",
      phase: "transfer",
      message: "The broker failed to fetch this.",
    });
  }
}
