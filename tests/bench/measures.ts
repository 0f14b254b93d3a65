/** The measures of the socket benchmarks, each made of one carrier's connections. @module */
import type { Carried, Carrier } from "./carrier.ts";
import { datagrams } from "./datagrams.ts";

/** What one measure gives: a figure for each row that it fills. */
export type Figures = Record<string, number>;

/** A measure, by name. */
export const measures: Record<string, (carrier: Carrier) => Promise<Figures>> = {
  down,
  up,
  opening,
  echo,
  datagrams,
};

const downBytes = 128 * 1024 * 1024;
const upBytes = 96 * 1024 * 1024;
const pieceBytes = 128 * 1024;
const openings = 300;
const openingsAtATime = 8;
const echoes = 2000;
const echoBytes = 64;

function command(letter: string, byteCount: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(9);
  bytes[0] = letter.charCodeAt(0);
  new DataView(bytes.buffer).setBigUint64(1, BigInt(byteCount), true);
  return bytes;
}

async function readBytes(carried: Carried, byteCount: number): Promise<void> {
  for (let left = byteCount; left > 0;) {
    const { length } = await carried.read();
    if (length === 0) throw new Error(`The connection ended ${left} bytes early`);
    left -= length;
  }
}

function megabytesPerSecond(byteCount: number, elapsedMs: number): number {
  return byteCount / 1000 / elapsedMs;
}

/** Bytes from the server to the client. */
async function down(carrier: Carrier): Promise<Figures> {
  const carried = await carrier.open();
  const startMs = performance.now();
  await carried.write(command("d", downBytes));
  await readBytes(carried, downBytes);
  const elapsedMs = performance.now() - startMs;
  carried.close();
  return { "bulk down, MB/s": megabytesPerSecond(downBytes, elapsedMs) };
}

/** Bytes from the client to the server, until the server has them all. */
async function up(carrier: Carrier): Promise<Figures> {
  const carried = await carrier.open();
  const startMs = performance.now();
  await carried.write(command("u", upBytes));
  for (let sent = 0; sent < upBytes; sent += pieceBytes) {
    await carried.write(new Uint8Array(pieceBytes));
  }
  await readBytes(carried, 1);
  const elapsedMs = performance.now() - startMs;
  carried.close();
  return { "bulk up, MB/s": megabytesPerSecond(upBytes, elapsedMs) };
}

/** Sockets that are opened, prove it by echoing a byte, and are closed. */
async function opening(carrier: Carrier): Promise<Figures> {
  let begun = 0;
  const startMs = performance.now();
  await Promise.all(Array.from({ length: openingsAtATime }, async () => {
    while (begun++ < openings) {
      const carried = await carrier.open();
      await carried.write(Uint8Array.from([...command("e", 0), 1]));
      await readBytes(carried, 1);
      carried.close();
    }
  }));
  return { "sockets opened, 1/s": openings / (performance.now() - startMs) * 1000 };
}

/** Round trips of 64 bytes on one socket, one after the other. */
async function echo(carrier: Carrier): Promise<Figures> {
  const carried = await carrier.open();
  await carried.write(command("e", 0));
  const timesMs: number[] = [];
  for (let n = 0; n < echoes; n++) {
    const startMs = performance.now();
    await carried.write(new Uint8Array(echoBytes));
    await readBytes(carried, echoBytes);
    timesMs.push(performance.now() - startMs);
  }
  carried.close();
  timesMs.sort((a, b) => a - b);
  const percentile = (share: number) => (timesMs[Math.floor(timesMs.length * share)] ?? 0) * 1000;
  return { "echo p50, µs": percentile(0.5), "echo p99, µs": percentile(0.99) };
}
