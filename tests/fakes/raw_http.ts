/** HTTP by the byte: what a client sends is written as it stands, and what comes back is text. @module */

/** A connection to a server on loopback. */
export class RawConnection {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects. */
  static async open(port: number, hostname = "127.0.0.1"): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname, port }));
  }

  /** Writes all of a text, or fails when the server has closed. */
  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Reads until `pattern` is there; fails when the server closes first. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      if (!await this.#read()) throw new Error(`Closed before ${pattern}, after: ${this.#text}`);
    }
    return this.#text;
  }

  /** Reads until the server closes, in good order or by a reset; all there was. */
  async rest(): Promise<string> {
    while (await this.#read());
    return this.#text;
  }

  /** Closes. */
  close(): void {
    this.#conn.close();
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(65536);
    const count = await this.#conn.read(buffer).catch((fault) => {
      if (fault instanceof Deno.errors.ConnectionReset) return null;
      throw fault;
    });
    if (count === null) return false;
    this.#text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    return true;
  }
}

/** Sends one text, and reads until the server closes. */
export async function exchange(port: number, text: string): Promise<string> {
  const connection = await RawConnection.open(port);
  try {
    await connection.write(text).catch(() => {});
    return await connection.rest();
  } finally {
    connection.close();
  }
}
