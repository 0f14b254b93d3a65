/** Server-sent events (HTML standard, section 9.2) to one reader, with a bound on what waits for it. @module */
import type { Clock } from "../actions/ports.ts";

/** How often a stream with nothing to say says so, that both ends may notice when the other is gone. */
export const heartbeatMs = 15_000;
/** Bytes that may wait for a reader. One more event and it is too slow, and is cut off; it will come back and resume. */
export const maxWaitingBytes = 1024 * 1024;

/** One event. Its data is sent as JSON, on one line. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: unknown;
  /** What the reader sends back as `Last-Event-ID` to go on from here. */
  readonly id?: string;
}

/** The writing end of a stream. Everything may be called after its end. */
export interface EventSink {
  send(event: ServerSentEvent): void;
  /** Ends the stream once what waits has been read. */
  close(): void;
}

/**
 * Answers a stream of events that lives until its reader goes away, `ended` aborts, or the writer closes it.
 *
 * @param ended Aborts when the reader is gone, or the broker stops.
 * @param open Called once with the writing end; what it returns is called once when the stream is over.
 */
export function eventStream(
  clock: Clock,
  ended: AbortSignal,
  open: (sink: EventSink) => () => void,
): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let over = false;
      let stopHeartbeat = () => {};
      let release = () => {};
      stop = () => {
        if (over) return;
        over = true;
        stopHeartbeat();
        ended.removeEventListener("abort", close);
        release();
      };
      const write = (text: string) => {
        if (over) return;
        if ((controller.desiredSize ?? 0) > 0) return controller.enqueue(encoder.encode(text));
        stop();
        controller.error(new Error("The reader of an event stream was too slow."));
      };
      const beat = () => {
        // The first comment goes out at once: with it, the reader has the answer's headers.
        write(":\n\n");
        if (!over) stopHeartbeat = clock.setTimer(heartbeatMs, beat);
      };
      const close = () => {
        if (over) return;
        stop();
        controller.close();
      };
      beat();
      release = open({ send: (event) => write(eventText(event)), close });
      ended.addEventListener("abort", close);
      if (over) release();
      else if (ended.aborted) close();
    },
    cancel: () => stop(),
  }, { highWaterMark: maxWaitingBytes, size: (chunk) => chunk?.byteLength ?? 0 });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

/** Answers `request` with a stream of events that ends with it, or when the broker stops. HEAD gets none. */
export function answerEvents(
  clock: Clock,
  request: Request,
  stopping: AbortSignal,
  open: (sink: EventSink) => () => void,
): Response {
  const ended = AbortSignal.any([request.signal, stopping]);
  return eventStream(clock, request.method === "HEAD" ? AbortSignal.abort() : ended, open);
}

/** An event as it stands on the wire. JSON has no bare line breaks, so its data is one line. */
export function eventText({ name, data, id }: ServerSentEvent): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
