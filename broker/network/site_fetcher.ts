/** Reads small files of web sites at addresses that were decided on: bounded in size and time, and without cookies. @module */
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import {
  type Clock,
  type SiteAnswer,
  type SiteAsk,
  SiteFault,
  type SiteFetcher,
} from "../actions/ports.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import { socketError, toConnectError } from "./socket_fault.ts";

/** How long one request may take, from the first address dialed to the last byte. */
export const siteTimeoutMs = 10_000;
const maxHeaderBytes = 16 * 1024;
// A site whose first addresses are all dead is as good as away.
const maxAddresses = 4;

/** What a fetcher works with. */
export interface WebSiteFetcherParts {
  clock: Pick<Clock, "setTimer">;
  /** Authorities to trust instead of those of this machine, PEM. For tests. */
  caCerts?: string[];
}

/** The `SiteFetcher` port over Node's HTTP client, whose look-up of names is replaced by what was decided. */
export class WebSiteFetcher implements SiteFetcher {
  readonly #parts: WebSiteFetcherParts;

  constructor(parts: WebSiteFetcherParts) {
    this.#parts = parts;
  }

  /** Asks the addresses in turn until one answers. Throws SiteFault. */
  async get(ask: SiteAsk): Promise<SiteAnswer> {
    const stop = new AbortController();
    const abort = (fault: SiteFault) => stop.abort(fault);
    const onAbort = () => abort(new SiteFault("unreachable", "It is no longer wanted."));
    const cancelTimeout = this.#parts.clock.setTimer(
      siteTimeoutMs,
      () => abort(new SiteFault("unreachable", "It did not answer in time.")),
    );
    ask.signal.addEventListener("abort", onAbort, { once: true });
    if (ask.signal.aborted) onAbort();
    let last: unknown = new SiteFault("unreachable", "Its name has no address.");
    try {
      for (const address of ask.addresses.slice(0, maxAddresses)) {
        stop.signal.throwIfAborted();
        try {
          return await this.#getFrom(ask, address, stop.signal);
        } catch (fault) {
          if (stop.signal.aborted || (fault as SiteFault).kind === "unusable") throw fault;
          last = fault;
        }
      }
      throw last;
    } finally {
      cancelTimeout();
      ask.signal.removeEventListener("abort", onAbort);
    }
  }

  #getFrom(ask: SiteAsk, address: string, signal: AbortSignal): Promise<SiteAnswer> {
    const { url } = ask;
    const { caCerts } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<SiteAnswer>();
    const request = (url.protocol === "https:" ? https : http).request({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      path: url.pathname + url.search,
      method: "GET",
      agent: false,
      maxHeaderSize: maxHeaderBytes,
      lookup: onlyTo(address),
      headers: {
        host: url.host,
        accept: ask.accept,
        // What is decompressed can't be bounded by what was sent.
        "accept-encoding": "identity",
        "user-agent": "Gatehouse",
        connection: "close",
      },
      ...(caCerts && { ca: caCerts }),
    });
    const fail = (fault: unknown) => {
      reject(signal.aborted ? signal.reason : toSiteFault(fault));
      request.destroy();
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    request.on("error", fail);
    request.on("response", (response) => {
      response.on("error", fail);
      const { remoteAddress } = response.socket;
      if (canonical(remoteAddress ?? "") !== canonical(address)) {
        return fail(new SiteFault("refused", "It answered from another address."));
      }
      readAnswer(response, ask.maxBytes).then(resolve, fail);
    });
    request.end();
    return promise.finally(() => {
      signal.removeEventListener("abort", onAbort);
      request.destroy();
    });
  }
}

/** A look-up that knows one answer; Node asks for all of them, or for one. */
function onlyTo(address: string): LookupFunction {
  const family = parseIpAddress(address)?.family ?? 4;
  return (_hostname, { all }, callback) => {
    if (all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

async function readAnswer(
  response: http.IncomingMessage,
  maxBytes: number,
): Promise<SiteAnswer> {
  const status = response.statusCode ?? 0;
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  const location = isRedirect ? response.headers.location ?? null : null;
  if (status !== 200) return { status, location, bytes: new Uint8Array() };
  const encoding = response.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new SiteFault("unusable", "It is sent compressed, unasked.");
  const tooLarge = new SiteFault("unusable", `It is larger than ${maxBytes} bytes.`);
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  if (!response.complete) throw new SiteFault("unreachable", "It broke off.");
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { status, location, bytes };
}

// Node names what is wrong with a certificate in its codes (OpenSSL, X509_V_ERR); some faults have words alone.
const certificateFaults = [
  [/ALTNAME|NotValidForName|not valid for name/, "certificate-name-mismatch"],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|Expired|NotValidYet|expired/, "certificate-expired"],
  [/SELF_SIGNED|ISSUER|VERIFY|CERT_|invalid peer certificate/, "certificate-untrusted"],
  [/handshake|\bTLS\b|\bSSL\b|EPROTO/i, "tls-failed"],
] as const;

/** What went wrong, without the addresses that errors of the system carry. */
function toSiteFault(fault: unknown): SiteFault {
  if (fault instanceof SiteFault) return fault;
  const { message = "", code = "" } = fault as { message?: string; code?: unknown };
  const certificateFault = certificateFaults.find(([words]) => words.test(`${code} ${message}`));
  if (certificateFault) {
    return new SiteFault("unreachable", socketError(certificateFault[1], "tls").error.message);
  }
  if (/^HPE_|parse error/i.test(`${code} ${message}`)) {
    return new SiteFault("unusable", "What it answered is not HTTP.");
  }
  return new SiteFault("unreachable", toConnectError(fault, "connect").error.message);
}

function canonical(address: string): string | null {
  const parsed = parseIpAddress(address);
  return parsed && formatIpAddress(parsed);
}
