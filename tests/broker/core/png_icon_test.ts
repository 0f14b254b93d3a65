/** Icons: drawn anew, bounded, and bombs refused before they are decoded. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decode, encode } from "fast-png";
import { zlibSync } from "fflate";
import { checkPng, IconFault } from "../../../broker/core/png_chunks.ts";
import { maxIconBytes, redrawIcon } from "../../../broker/core/png_icon.ts";

/** A chunk; its checksum is not looked at. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  return bytes;
}

function png(
  width: number,
  height: number,
  chunks: Uint8Array[],
  { depth = 8, colour = 6, interlace = 0 } = {},
): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colour, 0, 0, interlace], 8);
  const parts = [chunk("IHDR", header), ...chunks, chunk("IEND", new Uint8Array())];
  return Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, ...parts.flatMap((part) => [...part])]);
}

const red = (count: number, channels: number) =>
  Uint8Array.from(
    { length: count * channels },
    (_, n) => n % channels === 0 || n % channels === 3 ? 255 : 0,
  );

function pixel(file: Uint8Array, x: number, y: number): number[] {
  const { data, width, height, channels } = decode(file);
  assert.deepEqual([width, height, channels], [64, 64, 4]);
  return [...data.slice((y * 64 + x) * 4, (y * 64 + x) * 4 + 4)];
}

const faultOf = (file: Uint8Array): string => {
  try {
    redrawIcon(file);
  } catch (fault) {
    assert.ok(fault instanceof IconFault, String(fault));
    return fault.message;
  }
  assert.fail("It was drawn.");
};

for (const [width, height] of [[64, 64], [512, 512], [48, 48], [1, 1], [1024, 1024]] as const) {
  Deno.test(`a red square of ${width} pixels is a red square of 64`, () => {
    const icon = redrawIcon(encode({ width, height, channels: 4, data: red(width * height, 4) }));
    for (const at of [0, 31, 63]) assert.deepEqual(pixel(icon, at, at), [255, 0, 0, 255]);
    assert.ok(icon.length < 20_000);
  });
}

Deno.test("proportions stay: what is wide has nothing above and below", () => {
  const icon = redrawIcon(encode({ width: 200, height: 50, channels: 3, data: red(10_000, 3) }));
  assert.deepEqual(pixel(icon, 32, 0), [0, 0, 0, 0]);
  assert.deepEqual(pixel(icon, 32, 32), [255, 0, 0, 255]);
  assert.deepEqual(pixel(icon, 0, 32), [255, 0, 0, 255]);
  assert.deepEqual(pixel(icon, 32, 63), [0, 0, 0, 0]);
});

Deno.test("16 bits, grey, grey with alpha, a palette and interlacing are drawn", () => {
  const deep = encode({
    width: 2,
    height: 2,
    channels: 3,
    depth: 16,
    data: Uint16Array.from({ length: 12 }, (_, n) => n % 3 === 0 ? 65_535 : 0),
  });
  assert.deepEqual(pixel(redrawIcon(deep), 5, 5), [255, 0, 0, 255]);
  const grey = encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(77) });
  assert.deepEqual(pixel(redrawIcon(grey), 5, 5), [77, 77, 77, 255]);
  const ghost = encode({ width: 1, height: 1, channels: 2, data: Uint8Array.of(77, 128) });
  assert.deepEqual(pixel(redrawIcon(ghost), 5, 5), [77, 77, 77, 128]);
  const palette = png(1, 1, [
    chunk("PLTE", Uint8Array.of(1, 2, 3)),
    chunk("IDAT", zlibSync(Uint8Array.of(0, 0))),
  ], { depth: 1, colour: 3 });
  assert.deepEqual(pixel(redrawIcon(palette), 5, 5), [1, 2, 3, 255]);
  const woven = encode({ width: 9, height: 9, channels: 4, data: red(81, 4) }, {
    interlace: "Adam7",
  });
  assert.deepEqual(pixel(redrawIcon(woven), 33, 33), [255, 0, 0, 255]);
});

Deno.test("what is drawn holds nothing of the file but its look", () => {
  const text = new TextEncoder().encode("Comment\0<script>");
  const data = chunk("IDAT", zlibSync(Uint8Array.of(0, 9, 9, 9, 255)));
  const icon = redrawIcon(png(1, 1, [chunk("tEXt", text), data]));
  assert.equal(new TextDecoder("latin1").decode(icon).includes("script"), false);
});

Deno.test("bombs are refused before they are decoded", () => {
  const tiny = chunk("IDAT", zlibSync(new Uint8Array(1000)));
  assert.match(faultOf(png(60_000, 60_000, [tiny])), /60000 × 60000 pixels/);
  assert.match(faultOf(png(1025, 1, [tiny])), /1024 is the most/);
  const bomb = chunk("IDAT", zlibSync(new Uint8Array(64 * 1024 * 1024), { level: 9 }));
  assert.ok(bomb.length < maxIconBytes);
  assert.match(faultOf(png(8, 8, [bomb])), /more than its size/);
  // Compressed text is not even inflated.
  const textBomb = Uint8Array.from([
    ...new TextEncoder().encode("a\0\0"),
    ...zlibSync(new Uint8Array(1e7)),
  ]);
  const data = chunk("IDAT", zlibSync(Uint8Array.of(0, 9, 9, 9, 255)));
  const { bytes } = checkPng(png(1, 1, [chunk("zTXt", textBomb), chunk("iCCP", textBomb), data]));
  assert.ok(bytes.length < 100);
});

const broken: [name: string, file: Uint8Array, message: RegExp][] = [
  ["nothing", new Uint8Array(), /not a PNG/],
  ["SVG", new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), /not a PNG/],
  ["JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /not a PNG/],
  ["the signature alone", Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), /broken/],
  ["no data", png(1, 1, []), /broken/],
  ["too little data", png(2, 2, [chunk("IDAT", zlibSync(new Uint8Array(5)))]), /broken/],
  ["data that is no zlib", png(1, 1, [chunk("IDAT", new Uint8Array(9).fill(7))]), /broken/],
  ["no pixels", png(0, 1, []), /broken/],
  ["an unknown kind of colour", png(1, 1, [], { colour: 5 }), /broken/],
  ["too many bytes", new Uint8Array(maxIconBytes + 1), /larger than 524288 bytes/],
];
for (const [name, file, message] of broken) {
  Deno.test(`an icon that is ${name} is refused`, () => assert.match(faultOf(file), message));
}

Deno.test("whatever the bytes, an icon is drawn or refused in words", () => {
  const good = encode({ width: 8, height: 8, channels: 4, data: red(64, 4) });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
      (edits) => {
        const file = Uint8Array.from(good);
        for (const [at, byte] of edits) file[at] = byte;
        try {
          redrawIcon(file);
        } catch (fault) {
          assert.ok(fault instanceof IconFault, String(fault));
        }
      },
    ),
    { numRuns: 500 },
  );
});
