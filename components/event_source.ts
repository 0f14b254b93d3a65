/** A server-sent event stream read with `fetch`, so that it can carry a header: it reconnects with back-off and resumes. @module */
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** How the stream stands. */
export type EventStreamState = "live" | "lost" | "signed-out";

/** What an event stream needs. */
export interface EventStreamOptions {
  readonly url: string;
  /** Headers of each attempt. */
  readonly headers: () => Record<string, string>;
  readonly onEvent: (name: string, data: string) => void;
  readonly onState: (state: EventStreamState) => void;
  readonly fetch: typeof fetch;
  /** Calls back once after `delayMs`; the returned function calls it off. */
  readonly setTimer: (delayMs: number, callback: () => void) => () => void;
}

/** The wait before attempt n: 250 ms doubled each time, 4 s at most. */
export function backOffMs(failures: number): number {
  return Math.min(4_000, 250 * 2 ** Math.max(0, failures - 1));
}

/** The broker writes a comment at least every 15 s; a stream silent for longer than this is dead. */
export const silenceLimitMs = 45_000;

/**
 * Opens the stream and keeps it open until the returned function is called. Resumes after the last event it has seen
 * (`Last-Event-ID`). HTTP 401 and 403 end it: then only signing in helps.
 */
export function openEventStream(options: EventStreamOptions): () => void {
  const over = new AbortController();
  let lastEventId = "";
  let failures = 0;

  const parser = createParser({
    onEvent(event: EventSourceMessage) {
      if (event.id !== undefined) lastEventId = event.id;
      options.onEvent(event.event ?? "message", event.data);
    },
  });

  /** One connection, until it ends. Resolves to whether another attempt makes sense. */
  async function readOnce(): Promise<boolean> {
    const attempt = new AbortController();
    const signal = AbortSignal.any([over.signal, attempt.signal]);
    let stopTimer = options.setTimer(silenceLimitMs, () => attempt.abort());
    try {
      const headers = { accept: "text/event-stream", ...options.headers() };
      const response = await options.fetch(options.url, {
        headers: lastEventId === "" ? headers : { ...headers, "last-event-id": lastEventId },
        cache: "no-store",
        signal,
      });
      if (response.status === 401 || response.status === 403) return false;
      if (!response.ok || response.body === null) return true;
      parser.reset();
      options.onState("live");
      const decoder = new TextDecoder();
      for await (const bytes of response.body) {
        failures = 0;
        stopTimer();
        stopTimer = options.setTimer(silenceLimitMs, () => attempt.abort());
        parser.feed(decoder.decode(bytes, { stream: true }));
      }
    } catch {
      // Any fault of the network ends this attempt; the next one says more.
    } finally {
      stopTimer();
    }
    return true;
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      const again = await readOnce();
      if (over.signal.aborted) return;
      if (!again) return options.onState("signed-out");
      options.onState("lost");
      failures += 1;
      await new Promise<void>((resolve) => {
        const stop = options.setTimer(backOffMs(failures), resolve);
        over.signal.addEventListener("abort", () => {
          stop();
          resolve();
        }, { once: true });
      });
    }
  }

  void run();
  return () => over.abort();
}
