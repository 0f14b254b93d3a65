/** Reads small files of web sites at addresses that were decided on: bounded in size and time, and without cookies. @module */
import { Client } from "undici";
import {
  type Clock,
  type Dialer,
  type SiteAnswer,
  type SiteAsk,
  SiteFault,
  type SiteFetcher,
} from "../actions/ports.ts";
import { toHttpError } from "./http_fault.ts";
import { vettedConnector } from "./vetted_connector.ts";

/** How long one request may take, from the first address dialed to the last byte. */
export const siteTimeoutMs = 10_000;
const maxHeaderBytes = 16 * 1024;

/** What a fetcher works with. */
export interface WebSiteFetcherParts {
  clock: Pick<Clock, "setTimer">;
  /** Dials, and verifies certificates. */
  dialer: Dialer;
}

/** The `SiteFetcher` port over an HTTP client whose connections are the dialer's. */
export class WebSiteFetcher implements SiteFetcher {
  readonly #parts: WebSiteFetcherParts;

  constructor(parts: WebSiteFetcherParts) {
    this.#parts = parts;
  }

  /** Asks whichever of the addresses answers first. Throws SiteFault. */
  async get(ask: SiteAsk): Promise<SiteAnswer> {
    const stop = new AbortController();
    const onAbort = () => stop.abort(new SiteFault("unreachable", "It is no longer wanted."));
    const cancelTimeout = this.#parts.clock.setTimer(
      siteTimeoutMs,
      () => stop.abort(new SiteFault("unreachable", "It did not answer in time.")),
    );
    ask.signal.addEventListener("abort", onAbort, { once: true });
    if (ask.signal.aborted) onAbort();
    const client = new Client(ask.url.origin, {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: vettedConnector({
        dialer: this.#parts.dialer,
        addresses: ask.addresses,
        alpn: ["http/1.1"],
        timeoutMs: siteTimeoutMs,
      }),
    });
    try {
      stop.signal.throwIfAborted();
      return await read(client, ask, stop.signal);
    } catch (fault) {
      throw stop.signal.aborted ? stop.signal.reason : toSiteFault(fault);
    } finally {
      cancelTimeout();
      ask.signal.removeEventListener("abort", onAbort);
      await client.destroy();
    }
  }
}

async function read(
  client: Client,
  { url, accept, maxBytes }: SiteAsk,
  signal: AbortSignal,
): Promise<SiteAnswer> {
  const { statusCode, headers, body } = await client.request({
    path: url.pathname + url.search,
    method: "GET",
    headers: {
      accept,
      // What is decompressed can't be bounded by what was sent.
      "accept-encoding": "identity",
      "user-agent": "Gatehouse",
    },
    reset: true,
    signal,
  });
  body.on("error", () => {});
  const isRedirect = [301, 302, 303, 307, 308].includes(statusCode);
  const location = isRedirect ? one(headers["location"]) : null;
  if (statusCode !== 200) return { status: statusCode, location, bytes: new Uint8Array() };
  if ((one(headers["content-encoding"]) ?? "identity") !== "identity") {
    throw new SiteFault("unusable", "It is sent compressed, unasked.");
  }
  const tooLarge = new SiteFault("unusable", `It is larger than ${maxBytes} bytes.`);
  if (Number(one(headers["content-length"]) ?? 0) > maxBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { status: statusCode, location, bytes };
}

function one(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

/** What went wrong, without the addresses that errors of the system carry. */
function toSiteFault(fault: unknown): SiteFault {
  if (fault instanceof SiteFault) return fault;
  const { code, message } = toHttpError(fault).error;
  const isTheirs = code === "bad-response" || code === "too-large";
  return new SiteFault(isTheirs ? "unusable" : "unreachable", message);
}
