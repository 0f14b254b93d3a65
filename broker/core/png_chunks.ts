/** The chunks of a PNG file, walked without decoding them: how large it says it is, and how large it turns out to be. @module */
import { Unzlib } from "fflate";

/** The largest width and height of an icon that is decoded, in pixels. */
export const maxIconSide = 1024;

/** Thrown for a file that is not decoded; the message is a sentence for people. */
export class IconFault extends Error {
  override name = "IconFault";
}

/** A PNG file that may be decoded. */
export interface CheckedPng {
  /** The file again, with nothing in it but what makes up the picture. */
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
// Text and colour profiles may be compressed too, a thousandfold; an icon needs neither, nor further frames.
const kept = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Samples a pixel by colour type (PNG, section 11.2.1). */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const inflateStepBytes = 4096;

/**
 * Checks a PNG file before anything of it is decoded: its size in pixels is bounded, and its data inflate to exactly as
 * many bytes as that size takes. They are inflated in small steps, and no further than that.
 *
 * @throws IconFault
 */
export function checkPng(file: Uint8Array): CheckedPng {
  if (!signature.every((byte, index) => file[index] === byte)) {
    throw new IconFault("It is not a PNG picture.");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts: Uint8Array[] = [file.subarray(0, 8)];
  const data: Uint8Array[] = [];
  let header: Header | null = null;
  let ended = false;
  for (let offset = 8; !ended;) {
    if (offset + 12 > file.length) throw broken();
    const length = view.getUint32(offset);
    const end = offset + 12 + length;
    if (end > file.length) throw broken();
    const type = String.fromCharCode(...file.subarray(offset + 4, offset + 8));
    if (header === null) {
      if (type !== "IHDR" || length !== 13) throw broken();
      header = readHeader(view, offset + 8);
    } else if (type === "IHDR") throw broken();
    if (type === "IDAT") data.push(file.subarray(offset + 8, end - 4));
    if (kept.has(type)) parts.push(file.subarray(offset, end));
    ended = type === "IEND";
    offset = end;
  }
  if (header === null || inflatedLength(data, header.dataLength) !== header.dataLength) {
    throw broken();
  }
  return { bytes: joined(parts), width: header.width, height: header.height };
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** How many bytes the picture's data inflate to. */
  readonly dataLength: number;
}

function readHeader(view: DataView, offset: number): Header {
  const width = view.getUint32(offset);
  const height = view.getUint32(offset + 4);
  if (width === 0 || height === 0) throw broken();
  if (width > maxIconSide || height > maxIconSide) {
    throw new IconFault(`It is ${width} × ${height} pixels large; ${maxIconSide} is the most.`);
  }
  const depth = view.getUint8(offset + 8);
  const perPixel = samples[view.getUint8(offset + 9)];
  if (perPixel === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw broken();
  const interlaced = view.getUint8(offset + 12) === 1;
  const passes = interlaced ? adam7(width, height) : [[width, height] as const];
  const dataLength = passes.reduce(
    (sum, [columns, rows]) =>
      columns === 0 || rows === 0
        ? sum
        : sum + rows * (1 + Math.ceil(columns * perPixel * depth / 8)),
    0,
  );
  return { width, height, dataLength };
}

/** Columns and rows of the seven passes of an interlaced picture (PNG, section 8.2). */
function adam7(width: number, height: number): (readonly [number, number])[] {
  const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [
    1,
    0,
    2,
    2,
  ], [0, 1, 1, 2]] as const;
  return passes.map(([x, y, dx, dy]) =>
    [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)] as const
  );
}

function inflatedLength(data: readonly Uint8Array[], maxLength: number): number {
  let length = 0;
  const inflator = new Unzlib((chunk) => {
    length += chunk.length;
    if (length > maxLength) throw new IconFault("It holds more than its size in pixels takes.");
  });
  try {
    for (const part of data) {
      for (let offset = 0; offset < part.length; offset += inflateStepBytes) {
        inflator.push(part.subarray(offset, offset + inflateStepBytes));
      }
    }
    inflator.push(new Uint8Array(), true);
  } catch (fault) {
    throw fault instanceof IconFault ? fault : broken();
  }
  return length;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function broken(): IconFault {
  return new IconFault("It is a broken PNG picture.");
}
