/**
 * The server at the far end of every benchmark: plain TCP on loopback, and UDP on the same port, which echoes. The first
 * nine bytes of a connection say what is wanted: a letter and a number (u64, little-endian). `d`: send that many bytes;
 * `u`: take that many bytes, then send one; `e`: echo.
 *
 * @module
 */
import { announce } from "./process.ts";

const pieceBytes = 256 * 1024;

async function serve(conn: Deno.TcpConn): Promise<void> {
  using _conn = conn;
  conn.setNoDelay(true);
  const buffer = new Uint8Array(pieceBytes);
  let length = 0;
  while (length < 9) {
    const count = await conn.read(buffer.subarray(length));
    if (count === null) return;
    length += count;
  }
  const wanted = String.fromCharCode(buffer[0] ?? 0);
  const byteCount = Number(new DataView(buffer.buffer).getBigUint64(1, true));
  if (wanted === "d") return await send(conn, buffer, byteCount);
  if (wanted === "u") return await take(conn, buffer, byteCount, length - 9);
  if (length > 9) await conn.write(buffer.subarray(9, length));
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    await conn.write(buffer.subarray(0, count));
  }
}

async function send(conn: Deno.TcpConn, buffer: Uint8Array, byteCount: number): Promise<void> {
  for (let sent = 0; sent < byteCount;) {
    sent += await conn.write(buffer.subarray(0, Math.min(buffer.length, byteCount - sent)));
  }
  await conn.read(buffer); // Until the client is done.
}

async function take(
  conn: Deno.TcpConn,
  buffer: Uint8Array,
  byteCount: number,
  begun: number,
): Promise<void> {
  for (let taken = begun; taken < byteCount;) {
    const count = await conn.read(buffer);
    if (count === null) return;
    taken += count;
  }
  await conn.write(Uint8Array.of(1));
  await conn.read(buffer);
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const { port } = listener.addr;
const datagrams = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
(async () => {
  const buffer = new Uint8Array(65_507);
  for (;;) {
    const [bytes, from] = await datagrams.receive(buffer);
    await datagrams.send(bytes, from);
  }
})();
announce(`${port}`);
for await (const conn of listener) serve(conn).catch(() => {});
