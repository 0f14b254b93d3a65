/** `fetch` without CORS: the standard's signature, over the relay, under the app's permission for the site (proposal 000). @module */
import type { FetchHead } from "../schema/fetch.ts";
import type { FetchOpenFrame } from "../schema/relay.ts";
import { maxControlBytes } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { ByteInbox } from "./byte_inbox.ts";
import { defaultGatehouse } from "./default_gatehouse.ts";
import type { LocalFault } from "./failure.ts";
import { makeResponse } from "./fetch_response.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { RelayStream } from "./relay_stream.ts";

/** How far a fetch has come, in bytes of the bodies. */
export interface FetchProgress {
  sentBytes: number;
  receivedBytes: number;
  /** How long the answer is; null while that is not known, and when it came compressed. */
  totalBytes: number | null;
}

/** What `fetch` takes beside the standard's own options. */
export interface FetchOptions extends RequestInit {
  /** Why the app asks: at most 140 characters, shown as the app's own words if a person has to be asked. */
  reason?: string;
  /** Called whenever bytes have gone or come. */
  onProgress?(progress: FetchProgress): void;
}

/** Bytes of the answer that may wait here for the reader. */
const windowBytes = 1024 * 1024;
const longestReason = 140;

/**
 * Fetches through the broker that `connect()` or `install()` found.
 *
 * @throws As `Gatehouse.fetch` does, and DOMException `NotSupportedError` when neither was called.
 */
export function fetch(input: RequestInfo | URL, options: FetchOptions = {}): Promise<Response> {
  return fetchThrough(defaultGatehouse(), input, options);
}

/** What `Gatehouse.fetch` does. */
export async function fetchThrough(
  gatehouse: Gatehouse,
  input: RequestInfo | URL,
  options: FetchOptions,
): Promise<Response> {
  const { request, body } = readRequest(input, options);
  request.signal.throwIfAborted();
  const frame = openFrame(gatehouse, request, body !== null, options);
  return await new Exchange(request, body, options.onProgress).run(gatehouse, frame);
}

/** The request as the platform reads it, and its body, which not every browser shows on a `Request`. */
function readRequest(
  input: RequestInfo | URL,
  options: FetchOptions,
): { request: Request; body: ReadableStream<Uint8Array> | null } {
  const { reason: _reason, onProgress: _onProgress, ...init } = options;
  if (init.body instanceof ReadableStream) {
    const { body, ...rest } = init;
    const request = new Request(input, rest);
    if (request.method === "GET" || request.method === "HEAD") {
      throw new TypeError(`A ${request.method} request has no body.`);
    }
    return { request, body };
  }
  const request = new Request(input, init);
  return { request, body: request.body ?? bufferedBody(request) };
}

/** Where a `Request` has no `body`, its bytes are read at once. */
function bufferedBody(request: Request): ReadableStream<Uint8Array> | null {
  if (Reflect.has(request, "body") || request.method === "GET" || request.method === "HEAD") {
    return null;
  }
  return new ReadableStream({
    async start(controller) {
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

function openFrame(
  gatehouse: Gatehouse,
  request: Request,
  hasBody: boolean,
  { reason, credentials }: FetchOptions,
): FetchOpenFrame {
  const frame = gatehouse.environment.frame();
  const open: FetchOpenFrame = {
    protocol: "fetch",
    url: request.url,
    method: request.method,
    headers: [...request.headers],
    redirect: request.redirect,
    // Not every platform shows them on a `Request`.
    ...((credentials ?? request.credentials) === "include" && { credentials: "include" }),
    hasBody,
    credit: windowBytes,
    ...(reason !== undefined && { reason: reason.slice(0, longestReason) }),
    userActivation: gatehouse.environment.userActivation(),
    ...(frame && { frame }),
  };
  if (new TextEncoder().encode(JSON.stringify(open)).length > maxControlBytes) {
    throw new TypeError("The URL and the headers of this request are too long together.");
  }
  return open;
}

/** One fetch under way. */
class Exchange {
  readonly #request: Request;
  readonly #body: ReadableStream<Uint8Array> | null;
  readonly #onProgress: FetchOptions["onProgress"];
  readonly #aborter = new AbortController();
  readonly #answered = Promise.withResolvers<Response>();
  readonly #inbox: ByteInbox;
  readonly #progress: FetchProgress = { sentBytes: 0, receivedBytes: 0, totalBytes: null };
  #stream: RelayStream | null = null;
  #takenBytes = 0;
  #isAnswered = false;

  constructor(
    request: Request,
    body: ReadableStream<Uint8Array> | null,
    onProgress: FetchOptions["onProgress"],
  ) {
    this.#request = request;
    this.#body = body;
    this.#onProgress = onProgress;
    this.#inbox = new ByteInbox({
      onTaken: (byteCount) => this.#taken(byteCount),
      onCancelled: () => this.#leave(),
      onDrained: () => {},
    });
  }

  async run(gatehouse: Gatehouse, frame: FetchOpenFrame): Promise<Response> {
    const { signal } = this.#request;
    const abort = () => this.#fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.#stream = await gatehouse.openStream(frame, {
        onWaiting: (requestId) => gatehouse.announceWaiting(requestId, frame),
        onOpened: () => {},
        onFrame: (received) => {
          if (received.type === "DATA") return this.#received(received.bytes);
          if (received.type === "HEAD") this.#answer(received.body.head);
        },
        onClose: (error) => this.#closed(error),
      }, this.#aborter.signal);
      if (signal.aborted) abort();
      else if (this.#body) this.#send(this.#body).catch((fault) => this.#fail(fault));
    } catch (fault) {
      this.#fail(signal.aborted ? signal.reason : explain(fault));
    }
    return await this.#answered.promise;
  }

  async #send(body: ReadableStream<Uint8Array>): Promise<void> {
    const { signal } = this.#aborter;
    const reader = body.getReader();
    const cancel = () => reader.cancel(signal.reason).catch(() => {});
    signal.addEventListener("abort", cancel, { once: true });
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (!(read.value instanceof Uint8Array)) {
        throw new TypeError("A body's stream gives Uint8Arrays.");
      }
      await this.#stream?.write(read.value, signal);
      this.#progress.sentBytes += read.value.length;
      this.#tell();
    }
    if (!signal.aborted) this.#stream?.finish();
  }

  #answer(head: FetchHead): void {
    this.#isAnswered = true;
    this.#progress.totalBytes = totalBytes(head.headers);
    try {
      this.#answered.resolve(makeResponse(head, this.#request.method, this.#inbox.readable));
    } catch (fault) {
      // No `Response` can be made of it, and nobody is left to read its body.
      this.#fail(fault);
    }
  }

  #received(bytes: Uint8Array<ArrayBuffer>): void {
    this.#progress.receivedBytes += bytes.length;
    this.#inbox.push(bytes);
    this.#tell();
  }

  #tell(): void {
    this.#onProgress?.({ ...this.#progress });
  }

  #taken(byteCount: number): void {
    this.#takenBytes += byteCount;
    if (this.#takenBytes < windowBytes / 4) return;
    this.#stream?.giveCredit(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #closed(error: SessionError | LocalFault | null): void {
    this.#stopSending();
    if (error === null && this.#isAnswered) return this.#inbox.end();
    this.#fail(fetchFailure(error ?? closedUnanswered));
  }

  /** The reader has gone. */
  #leave(): void {
    this.#stream?.abort();
    this.#stopSending();
  }

  #fail(fault: unknown): void {
    this.#stream?.abort();
    this.#answered.reject(fault);
    this.#inbox.fail(fault);
    this.#stopSending();
  }

  /** Whoever still gives the body is told to stop. */
  #stopSending(): void {
    this.#aborter.abort(new DOMException("The fetch is over.", "AbortError"));
  }
}

const closedUnanswered = {
  code: "internal-error",
  phase: "transfer",
  message: "The broker closed the fetch before it was answered.",
} as const;

/** The standard's error, with what the broker said as its `cause`. */
function fetchFailure(cause: SessionError | LocalFault): TypeError {
  return new TypeError(cause.message, { cause });
}

/** What stood before the broker, or refused this app, in the form of the standard. */
function explain(fault: unknown): unknown {
  if (!(fault instanceof DOMException)) return fault;
  return new TypeError(fault.message, { cause: (fault as { cause?: unknown }).cause ?? fault });
}

function totalBytes(headers: readonly (readonly [name: string, value: string])[]): number | null {
  const length = headers.find(([name]) => name === "content-length")?.[1];
  return length === undefined ? null : Number(length);
}
