/** An HTTP client over a table of answers. @module */
import type { HttpAnswer, HttpAsk, HttpClient } from "../../broker/actions/ports.ts";

/** What the server of one URL answers. */
export interface FakeAnswer {
  status?: number;
  headers?: [string, string][];
  /** Pieces of the body. */
  body?: (string | Uint8Array)[] | AsyncIterable<Uint8Array>;
  isDecoded?: boolean;
}

/** An `HttpClient` that remembers what it was asked. */
export class FakeHttp implements HttpClient {
  /** What is answered, by URL; 404 for all others. A function is called with the request. */
  readonly answers = new Map<string, FakeAnswer | ((ask: HttpAsk) => Promise<FakeAnswer>)>();
  /** Everything that was asked, in order, and the body that was sent with it. */
  readonly asked: (HttpAsk & { sent: string })[] = [];

  async exchange(ask: HttpAsk): Promise<HttpAnswer> {
    let sent = "";
    for await (const bytes of ask.body ?? []) sent += new TextDecoder().decode(bytes);
    this.asked.push({ ...ask, sent });
    ask.signal.throwIfAborted();
    const found = this.answers.get(ask.url.href) ?? { status: 404 };
    const answer = typeof found === "function" ? await found(ask) : found;
    return {
      status: answer.status ?? 200,
      statusText: "",
      headers: answer.headers ?? [],
      body: pieces(answer.body ?? [], ask.signal),
      isDecoded: answer.isDecoded ?? false,
      remote: { address: ask.addresses[0] ?? "", port: 443 },
      local: { address: "127.0.0.1", port: 50_000 },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function* pieces(
  body: NonNullable<FakeAnswer["body"]>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    signal.throwIfAborted();
    yield typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
  }
  signal.throwIfAborted();
}
