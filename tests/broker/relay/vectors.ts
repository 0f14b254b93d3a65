/** The byte vectors of the relay's wire, read from their file. @module */
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import vectors from "../../fixtures/vectors/relay-frames.json" with { type: "json" };

/** A well-formed frame and its bytes. */
export interface FrameVector {
  name: string;
  sentBy: "app" | "broker";
  message: Uint8Array<ArrayBuffer>;
  frame: Frame;
}

/** Bytes that a broker refuses from an app. */
export interface RefusedVector {
  name: string;
  message: Uint8Array<ArrayBuffer>;
  closeCode: number;
  reason: string;
}

/** Reads hexadecimal digits. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Every well-formed frame of the file. */
export const frameVectors: readonly FrameVector[] = vectors.frames.map((vector) => {
  const { bytes } = vector.frame as { bytes?: string };
  const frame = bytes === undefined ? vector.frame : { ...vector.frame, bytes: fromHex(bytes) };
  return {
    name: vector.name,
    sentBy: vector.sentBy === "app" ? "app" : "broker",
    message: fromHex(vector.hex),
    // The file's form is what the test of the codec proves.
    frame: frame as Frame,
  };
});

/** Every refused message of the file. */
export const refusedVectors: readonly RefusedVector[] = vectors.refused.map((vector) => ({
  name: vector.name,
  message: fromHex(vector.hex),
  closeCode: vector.closeCode,
  reason: vector.reason,
}));
