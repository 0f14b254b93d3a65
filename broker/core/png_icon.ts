/** An app's icon, decoded and drawn anew: what is shown was made here, and holds nothing of the file but its look. @module */
import { convertIndexedToRgb, decode, type DecodedPng, encode } from "fast-png";
import { shownSide } from "./manifest_icons.ts";
import { checkPng, IconFault } from "./png_chunks.ts";

/** The largest file that is read as an icon, in bytes. */
export const maxIconBytes = 512 * 1024;

/**
 * Reads a PNG file and draws it anew as a PNG of 64 × 64 pixels, in its proportions, the rest transparent.
 *
 * @throws IconFault for what is no PNG, is larger than 1024 pixels, or pretends to be smaller than it is.
 */
export function redrawIcon(file: Uint8Array): Uint8Array {
  if (file.length > maxIconBytes) {
    throw new IconFault(`It is larger than ${maxIconBytes} bytes.`);
  }
  const { bytes } = checkPng(file);
  let picture: DecodedPng;
  let pixels: Uint8ClampedArray;
  try {
    picture = decode(bytes);
    pixels = toRgba(picture);
  } catch {
    throw new IconFault("It is a broken PNG picture, or one of a kind that is not shown.");
  }
  const data = fitted(pixels, picture.width, picture.height);
  return encode({ width: shownSide, height: shownSide, data, channels: 4, depth: 8 });
}

/** Four bytes a pixel, whatever the file had. */
function toRgba(picture: DecodedPng): Uint8ClampedArray {
  const { width, height, depth, palette, transparency } = picture;
  const count = width * height;
  const rgba = new Uint8ClampedArray(count * 4);
  const samples = palette ? convertIndexedToRgb(picture) : picture.data;
  const channels = palette ? palette[0]?.length ?? 3 : picture.channels;
  if (!palette && depth < 8) {
    throw new IconFault("Grey pictures of fewer than 8 bits are not shown.");
  }
  const scale = !palette && depth === 16 ? 257 : 1;
  const isGrey = channels < 3;
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * channels;
    const at = (channel: number) => samples[from + channel] ?? 0;
    const hasAlpha = channels === 2 || channels === 4;
    const isKey = !hasAlpha && transparency !== undefined && transparency.length > 0 &&
      transparency.every((value, channel) => value === at(channel));
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = at(isGrey ? 0 : channel) / scale;
    }
    rgba[pixel * 4 + 3] = hasAlpha ? at(channels - 1) / scale : isKey ? 0 : 255;
  }
  return rgba;
}

/** The picture within a square of the shown size: each pixel is the mean of those it stands for, weighted by their alpha. */
function fitted(rgba: Uint8ClampedArray, width: number, height: number): Uint8ClampedArray {
  const side = shownSide;
  const step = Math.max(width, height) / side;
  const left = (side - width / step) / 2;
  const top = (side - height / step) / 2;
  const out = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y++) {
    const [firstRow, lastRow] = span((y - top) * step, step, height);
    for (let x = 0; x < side; x++) {
      const [firstColumn, lastColumn] = span((x - left) * step, step, width);
      const sum = [0, 0, 0, 0];
      let count = 0;
      for (let row = firstRow; row < lastRow; row++) {
        for (let column = firstColumn; column < lastColumn; column++) {
          const from = (row * width + column) * 4;
          const alpha = rgba[from + 3] ?? 0;
          for (let channel = 0; channel < 3; channel++) {
            sum[channel] = (sum[channel] ?? 0) + (rgba[from + channel] ?? 0) * alpha;
          }
          sum[3] = (sum[3] ?? 0) + alpha;
          count++;
        }
      }
      const alpha = sum[3] ?? 0;
      if (alpha === 0) continue;
      const to = (y * side + x) * 4;
      for (let channel = 0; channel < 3; channel++) out[to + channel] = (sum[channel] ?? 0) / alpha;
      out[to + 3] = alpha / count;
    }
  }
  return out;
}

/** Which rows or columns of the source one of the target stands for: at least one, unless it lies outside. */
function span(start: number, step: number, length: number): readonly [number, number] {
  const middle = start + step / 2;
  if (middle < 0 || middle >= length) return [0, 0];
  const first = Math.max(0, Math.min(length - 1, Math.floor(start + 0.5)));
  return [first, Math.max(first + 1, Math.min(length, Math.floor(start + step + 0.5)))];
}
