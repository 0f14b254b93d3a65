/** The preflight probe: asks a web server, at a vetted address, whether it answers CORS (Fetch, section 3.2). @module */
import type { Clock, CorsAsk, CorsProbe } from "../actions/ports.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";

/** How long a server may take to answer. */
export const probeTimeoutMs = 3000;
/** How much of an answer is read. */
export const maxHeadBytes = 16 * 1024;
/** How long an answer is taken to hold. */
export const cacheMs = 60_000;

const maxCached = 256;

/** The schemes that the web speaks. */
export type WebScheme = "http" | "https";

/** What a probe works with. */
export interface PreflightProbeParts {
  clock: Pick<Clock, "setTimer" | "nowMs">;
  /** The ports of the web; 80 and 443 when absent. */
  ports?: ReadonlyMap<number, WebScheme>;
  /** Certificates to trust beside the system's, as PEM. */
  caCerts?: string[];
}

const webPorts: ReadonlyMap<number, WebScheme> = new Map([[80, "http"], [443, "https"]]);

/** Sends one `OPTIONS` by itself over a connection of its own; follows no redirect. */
export class PreflightProbe implements CorsProbe {
  readonly #parts: PreflightProbeParts;
  readonly #ports: ReadonlyMap<number, WebScheme>;
  readonly #known = new Map<string, { answers: boolean; untilMs: number }>();

  constructor(parts: PreflightProbeParts) {
    this.#parts = parts;
    this.#ports = parts.ports ?? webPorts;
  }

  /** Whether the server answers a preflight. A server that can't be asked, by whatever fault, does not. */
  async answersCors(ask: CorsAsk): Promise<boolean> {
    const scheme = this.#ports.get(ask.port);
    if (scheme === undefined) return false;
    const nowMs = this.#parts.clock.nowMs();
    const key = JSON.stringify([ask.name, ask.addresses, ask.port, ask.origin]);
    const known = this.#known.get(key);
    if (known && nowMs < known.untilMs) return known.answers;
    const answers = await this.#ask(ask, scheme);
    // Who gave up has learnt nothing that another should rely on.
    if (!ask.signal.aborted) this.#keep(key, { answers, untilMs: nowMs + cacheMs });
    return answers;
  }

  #keep(key: string, entry: { answers: boolean; untilMs: number }): void {
    this.#known.delete(key);
    this.#known.set(key, entry);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxCached && oldest !== undefined) this.#known.delete(oldest);
  }

  async #ask(ask: CorsAsk, scheme: WebScheme): Promise<boolean> {
    const stop = new AbortController();
    const abort = () => stop.abort();
    const cancelTimeout = this.#parts.clock.setTimer(probeTimeoutMs, abort);
    ask.signal.addEventListener("abort", abort, { once: true });
    if (ask.signal.aborted) abort();
    try {
      for (const address of ask.addresses) {
        const head = await this.#exchange(ask, scheme, address, stop.signal);
        if (head !== null) return speaksCors(head);
        if (stop.signal.aborted) return false;
      }
      return false;
    } finally {
      cancelTimeout();
      ask.signal.removeEventListener("abort", abort);
    }
  }

  /** The head of the answer from one address, or null when none came. */
  async #exchange(
    ask: CorsAsk,
    scheme: WebScheme,
    address: string,
    signal: AbortSignal,
  ): Promise<string | null> {
    let conn: Deno.Conn | null = null;
    const close = () => {
      try {
        conn?.close();
      } catch {
        // It is closed already, or has become the TLS connection that is closed in its place.
      }
    };
    signal.addEventListener("abort", close, { once: true });
    try {
      const tcp = await Deno.connect({ hostname: address, port: ask.port, signal });
      conn = tcp;
      // The time may have run out in the very turn in which it connected: nobody would close it then.
      if (signal.aborted) return null;
      if (canonical(tcp.remoteAddr.hostname) !== canonical(address)) return null;
      if (scheme === "https") {
        const { caCerts } = this.#parts;
        const hostname = ask.name ?? address;
        const tls = await Deno.startTls(tcp, { hostname, ...(caCerts && { caCerts }) });
        conn = tls;
        if (signal.aborted) return null;
        await tls.handshake();
      }
      await writeAll(conn, new TextEncoder().encode(preflight(ask, scheme, address)));
      return await readHead(conn);
    } catch {
      return null;
    } finally {
      signal.removeEventListener("abort", close);
      close();
    }
  }
}

/** The request of a preflight (Fetch, section 4.8): what a browser would send before a cross-origin request. */
function preflight(
  { name, port, origin }: CorsAsk,
  scheme: WebScheme,
  address: string,
): string {
  const host = name ?? (address.includes(":") ? `[${address}]` : address);
  const isUsual = webPorts.get(port) === scheme;
  return [
    "OPTIONS / HTTP/1.1",
    `Host: ${isUsual ? host : `${host}:${port}`}`,
    `Origin: ${origin}`,
    "Access-Control-Request-Method: GET",
    "Accept: */*",
    "User-Agent: Gatehouse",
    "Connection: close",
    "",
    "",
  ].join("\r\n");
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) offset += await conn.write(bytes.subarray(offset));
}

/** Reads to the empty line; what has come by the end, or by the bound, counts as the head. */
async function readHead(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(maxHeadBytes);
  let length = 0;
  while (length < buffer.length) {
    const count = await conn.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
    const head = latin1(buffer.subarray(0, length));
    if (/\r?\n\r?\n/.test(head)) return head;
  }
  return latin1(buffer.subarray(0, length));
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

/** Whether it is an HTTP answer with a header of the CORS protocol (Fetch, section 3.2.3), whomever it allows. */
function speaksCors(head: string): boolean {
  const [statusLine = "", ...lines] = head.split(/\r?\n\r?\n/, 1)[0]?.split(/\r?\n/) ?? [];
  return /^HTTP\/1\.[01] \d{3}/.test(statusLine) &&
    lines.some((line) => /^access-control-allow-(origin|methods|headers):/i.test(line));
}

function canonical(address: string): string | null {
  const parsed = parseIpAddress(address);
  return parsed && formatIpAddress(parsed);
}
