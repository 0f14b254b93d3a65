/**
 * `http.websocketMask()` and `http.websocketUnmask()` for runtimes whose `node:http` lacks them. The npm package `ws` looks
 * for these two when it is loaded, so this module is to be imported before it; without them it goes byte by byte, which
 * takes most of the time of a bulk transfer from an app.
 *
 * @module
 */
import http from "node:http";

type Mask = (
  source: Uint8Array,
  mask: Uint8Array,
  output: Uint8Array,
  offset: number,
  length: number,
) => void;

/**
 * Masks `length` bytes of `source` into `output` at `offset` (RFC 6455 section 5.3). The copy and the mask are two passes:
 * each goes over whole words, which together is still faster than one over bytes.
 */
export function websocketMask(...[source, mask, output, offset, length]: Parameters<Mask>): void {
  output.set(source.subarray(0, length), offset);
  websocketUnmask(output.subarray(offset, offset + length), mask);
}

/** Unmasks `buffer` in place (RFC 6455 section 5.3), four bytes at a time. */
export function websocketUnmask(buffer: Uint8Array, mask: Uint8Array): void {
  if (buffer.length < 8) return xorBytes(buffer, mask, 0, buffer.length);
  // Words must lie at multiples of four of the underlying buffer.
  const head = -buffer.byteOffset & 3;
  const wordCount = (buffer.length - head) >>> 2;
  const tail = head + wordCount * 4;
  xorBytes(buffer, mask, 0, head);
  const words = new Int32Array(buffer.buffer, buffer.byteOffset + head, wordCount);
  const word = new Int32Array(
    Uint8Array.from({ length: 4 }, (_, n) => mask[(head + n) & 3] ?? 0).buffer,
  )[0] ?? 0;
  for (let n = 0; n < wordCount; n++) words[n] = (words[n] as number) ^ word;
  xorBytes(buffer, mask, tail, buffer.length);
}

function xorBytes(buffer: Uint8Array, mask: Uint8Array, start: number, end: number): void {
  for (let n = start; n < end; n++) buffer[n] = (buffer[n] as number) ^ (mask[n & 3] as number);
}

const runtime: typeof http & { websocketMask?: Mask; websocketUnmask?: typeof websocketUnmask } =
  http;
runtime.websocketMask ??= websocketMask;
runtime.websocketUnmask ??= websocketUnmask;
