/** A small DNS server on loopback (RFC 1035), over UDP and TCP, whose answers a test makes up. @module */

/** A record of an answer. A CNAME's data is a name, those of the others are addresses. */
export interface DnsRecord {
  /** Whose record; the name asked about when absent. */
  name?: string;
  type: "A" | "AAAA" | "CNAME";
  data: string;
}

/** What to answer to one question. */
export interface DnsReply {
  records?: readonly DnsRecord[];
  /** The response code; 0 (no error) when absent, 2 is "server failure", 3 "no such name". */
  code?: number;
  /** Over UDP, leave the records out and say so, so that the asker comes back over TCP. */
  truncate?: boolean;
}

/** One question. */
export interface DnsQuestion {
  name: string;
  type: "A" | "AAAA";
  transport: "udp" | "tcp";
}

/** Makes up the answer to a question; may take its time. */
export type DnsHandler = (question: DnsQuestion) => DnsReply | Promise<DnsReply>;

const typeNumbers = { A: 1, CNAME: 5, AAAA: 28 } as const;
const internetClass = 1;
const headerBytes = 12;

/** A running DNS server; close it with `await using` or `close()`. */
export class DnsServer {
  /** Every question that came, in order. */
  readonly asked: DnsQuestion[] = [];
  /** Where it listens, as `Deno.resolveDns` wants it. */
  readonly nameServer: { ipAddr: string; port: number };
  readonly #udp: Deno.DatagramConn;
  readonly #tcp: Deno.TcpListener;
  readonly #handler: DnsHandler;
  readonly #serving: Promise<unknown>;

  /** Starts serving on a free port of 127.0.0.1. */
  constructor(handler: DnsHandler) {
    this.#handler = handler;
    this.#tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = this.#tcp.addr;
    this.#udp = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
    this.nameServer = { ipAddr: "127.0.0.1", port };
    this.#serving = Promise.allSettled([this.#serveUdp(), this.#serveTcp()]);
  }

  /** Stops serving. */
  async close(): Promise<void> {
    this.#udp.close();
    this.#tcp.close();
    await this.#serving;
  }

  /** Does what `close()` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serveUdp(): Promise<void> {
    for await (const [query, from] of this.#udp) {
      // Not awaited: a slow answer must not hold the next question up. One that comes too late finds nobody.
      this.#answer(query, "udp").then((reply) => this.#udp.send(reply, from)).catch(() => {});
    }
  }

  async #serveTcp(): Promise<void> {
    for await (const conn of this.#tcp) this.#serveConnection(conn).catch(() => {});
  }

  /** Over TCP each message follows its length in two bytes (RFC 1035 section 4.2.2). */
  async #serveConnection(conn: Deno.TcpConn): Promise<void> {
    using _conn = conn;
    const buffer = new Uint8Array(4096);
    let length = 0;
    for (let count = await conn.read(buffer); count !== null;) {
      length += count;
      const queryBytes = (buffer[0] ?? 0) << 8 | (buffer[1] ?? 0);
      if (length >= 2 + queryBytes) {
        const reply = await this.#answer(buffer.slice(2, 2 + queryBytes), "tcp");
        await conn.write(Uint8Array.from([reply.length >>> 8, reply.length & 0xff, ...reply]));
        buffer.copyWithin(0, 2 + queryBytes, length);
        length -= 2 + queryBytes;
      }
      count = await conn.read(buffer.subarray(length));
    }
  }

  async #answer(query: Uint8Array, transport: "udp" | "tcp"): Promise<Uint8Array> {
    const { name, type, end } = readQuestion(query);
    const question: DnsQuestion = { name, type, transport };
    this.asked.push(question);
    const { records = [], code = 0, truncate = false } = await this.#handler(question);
    const cut = truncate && transport === "udp";
    const sent = cut ? [] : records;
    const flags = 0x8180 | (cut ? 0x0200 : 0) | code;
    return Uint8Array.from([
      ...query.subarray(0, 2),
      ...uint16(flags),
      ...uint16(1),
      ...uint16(sent.length),
      ...uint16(0),
      ...uint16(0),
      ...query.subarray(headerBytes, end),
      ...sent.flatMap((record) => encodeRecord(name, record)),
    ]);
  }
}

function readQuestion(query: Uint8Array): { name: string; type: "A" | "AAAA"; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const type = query[at + 2] === typeNumbers.AAAA ? "AAAA" : "A";
  return { name: labels.join("."), type, end: at + 5 };
}

function encodeRecord(asked: string, { name = asked, type, data }: DnsRecord): number[] {
  const bytes = type === "CNAME" ? encodeName(data) : encodeAddress(type, data);
  const ttlSeconds = 0;
  return [
    ...encodeName(name),
    ...uint16(typeNumbers[type]),
    ...uint16(internetClass),
    ...uint16(0),
    ...uint16(ttlSeconds),
    ...uint16(bytes.length),
    ...bytes,
  ];
}

function encodeName(name: string): number[] {
  const labels = name.split(".").filter((label) => label !== "");
  return [...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
}

function encodeAddress(type: "A" | "AAAA", text: string): number[] {
  if (type === "A") return text.split(".").map(Number);
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((g) => parseInt(g, 16));
  const first = groups(head);
  const last = groups(tail);
  const middle = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...middle, ...last].flatMap(uint16);
}

function uint16(value: number): number[] {
  return [value >>> 8 & 0xff, value & 0xff];
}
