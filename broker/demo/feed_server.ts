/** A server of feeds, audio and pictures that shares with no page: no CORS, a strict policy, and Range for players. @module */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { crc32, deflateSync } from "node:zlib";

const sampleRate = 8000;
const episodes = [
  { title: "A tune in C", notes: [262, 294, 330, 349, 392, 440, 494, 523] },
  { title: "The same, backwards", notes: [523, 494, 440, 392, 349, 330, 294, 262] },
];
const secondsPerNote = 2;

/** The server. It serves `/feed.xml`, the episodes that it names, and `/picture.png`. */
export function feedServer(): Server {
  const audio = episodes.map(({ notes }) => waveFile(notes));
  const picture = pngFile();
  return createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    const { pathname } = new URL(request.url ?? "/", origin);
    const number = /^\/episode-(\d+)\.wav$/.exec(pathname)?.[1];
    const bytes = number === undefined ? undefined : audio[Number(number) - 1];
    if (pathname === "/feed.xml") {
      return send(request, response, "application/rss+xml", new TextEncoder().encode(feed(origin)));
    }
    if (pathname === "/picture.png") return send(request, response, "image/png", picture);
    if (bytes) return send(request, response, "audio/wav", bytes);
    response.writeHead(404).end();
  });
}

function feed(origin: string): string {
  const items = episodes.map(({ title }, index) =>
    `<item><title>${title}</title><enclosure url="${origin}/episode-${
      index + 1
    }.wav" type="audio/wav" length="0"/></item>`
  );
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>Tunes</title>${
    items.join("")
  }</channel></rss>`;
}

/** Answers with all of it, or with the part that a player asks for (RFC 9110, section 14). */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  bytes: Uint8Array,
): void {
  const headers: Record<string, string> = {
    "content-type": type,
    "accept-ranges": "bytes",
    "content-security-policy": "default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const first = Number(from ?? 0);
  const last = Math.min(to ? Number(to) : bytes.length - 1, bytes.length - 1);
  if (from !== undefined && first > last) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  if (from !== undefined) headers["content-range"] = `bytes ${first}-${last}/${bytes.length}`;
  headers["content-length"] = String(last - first + 1);
  response.writeHead(from === undefined ? 200 : 206, headers);
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(first, last + 1));
}

/** A WAV file of plain tones, 16 bits, one channel. */
function waveFile(notes: readonly number[]): Uint8Array {
  const samples = notes.length * secondsPerNote * sampleRate;
  const file = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (offset: number, letters: string) => {
    for (let at = 0; at < letters.length; at++) file.setUint8(offset + at, letters.charCodeAt(at));
  };
  text(0, "RIFF");
  file.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, sampleRate, true);
  file.setUint32(28, sampleRate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  text(36, "data");
  file.setUint32(40, samples * 2, true);
  for (let at = 0; at < samples; at++) {
    const note = notes[Math.floor(at / (secondsPerNote * sampleRate))] ?? 0;
    const fade = 1 - (at % (secondsPerNote * sampleRate)) / (secondsPerNote * sampleRate);
    const height = Math.sin((2 * Math.PI * note * at) / sampleRate) * 8000 * fade;
    file.setInt16(44 + at * 2, height, true);
  }
  return new Uint8Array(file.buffer);
}

const pictureSize = 160;

/** A PNG file of a sunset (PNG, third edition, section 5). */
function pngFile(): Uint8Array {
  const rows = new Uint8Array(pictureSize * (1 + pictureSize * 3));
  for (let y = 0; y < pictureSize; y++) {
    for (let x = 0; x < pictureSize; x++) {
      const isSun = Math.hypot(x - pictureSize / 2, y - pictureSize * 0.55) < pictureSize * 0.22;
      const isSea = y > pictureSize * 0.7;
      const colour = isSea ? [40, 70, 120] : isSun ? [255, 214, 92] : [240 - y, 120, 90 + y / 2];
      rows.set(colour, y * (1 + pictureSize * 3) + 1 + x * 3);
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, pictureSize);
  view.setUint32(4, pictureSize);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", new Uint8Array()),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}
