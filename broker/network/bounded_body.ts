/** The body of an answer within its bounds: decompressed, never too much of it, never too slow. @module */
import { pipeline, Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Clock } from "../actions/ports.ts";
import { bodyFault, type BodyLimits, type ContentCoding } from "../core/body_limits.ts";
import { badResponse, bodyError, toHttpError } from "./http_fault.ts";

/** A body as it comes, and what it has to keep to. */
export interface BodyParts {
  readonly body: AsyncIterable<Uint8Array> & { destroy(fault?: Error): void };
  /** How it was compressed, the last encoding last. */
  readonly codings: readonly ContentCoding[];
  readonly limits: BodyLimits;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, "setTimer" | "nowMs">;
}

/**
 * Reads a body as fast as it is wanted, and no faster. Throws `ConnectError` with phase `transfer`, or the reason of the
 * signal. Whoever leaves before the end has the rest of it dropped.
 */
export async function* boundedBody(parts: BodyParts): AsyncGenerator<Uint8Array, void> {
  const { body, codings, limits, signal } = parts;
  const size = { encodedBytes: 0, decodedBytes: 0 };
  let isWhole = false;
  const counted = steady(parts, (bytes) => {
    if (bytes === null) isWhole = true;
    else size.encodedBytes += bytes.length;
  });
  try {
    for await (const bytes of decode(counted, codings)) {
      size.decodedBytes += bytes.length;
      const fault = bodyFault(size, limits);
      if (fault !== null) throw bodyError("too-large", fault);
      yield bytes;
    }
  } catch (fault) {
    if (signal.aborted) throw signal.reason;
    throw isZlibFault(fault)
      ? badResponse("The answer could not be decompressed: it is damaged.")
      : toHttpError(fault);
  } finally {
    // One that came whole leaves its connection for the next request.
    if (!isWhole) body.destroy();
  }
}

/** Passes on what comes, unless too little comes while it is waited for; `came` is told of each piece, and of the end by null. */
async function* steady(
  { body, limits, clock }: BodyParts,
  came: (bytes: Uint8Array | null) => void,
): AsyncGenerator<Uint8Array, void> {
  let waitedMs = 0;
  let cameBytes = 0;
  let waitingSinceMs: number | null = clock.nowMs();
  // One timer for a whole window: one for each piece would cost more than the piece.
  let cancel = () => {};
  const watch = (delayMs: number) => {
    cancel = clock.setTimer(delayMs, () => {
      const sinceMs = waitingSinceMs === null ? 0 : clock.nowMs() - waitingSinceMs;
      if (waitedMs + sinceMs < limits.slowWindowMs) {
        return watch(limits.slowWindowMs - waitedMs - sinceMs);
      }
      if (cameBytes < limits.minBytesPerWindow) {
        return body.destroy(bodyError("too-slow", "The server sends its answer too slowly."));
      }
      waitedMs = cameBytes = 0;
      if (waitingSinceMs !== null) waitingSinceMs = clock.nowMs();
      watch(limits.slowWindowMs);
    });
  };
  watch(limits.slowWindowMs);
  try {
    for await (const bytes of body) {
      waitedMs += clock.nowMs() - (waitingSinceMs ?? 0);
      waitingSinceMs = null;
      cameBytes += bytes.length;
      came(bytes);
      yield bytes;
      waitingSinceMs = clock.nowMs();
    }
    came(null);
  } finally {
    cancel();
  }
}

/** A piece of what is decompressed: a bomb is noticed after this much. */
const chunkSize = 64 * 1024;

const decoders: Readonly<Record<ContentCoding, () => Transform>> = {
  gzip: () => zlib.createGunzip({ chunkSize }),
  br: () => zlib.createBrotliDecompress({ chunkSize }),
};

function decode(
  source: AsyncGenerator<Uint8Array, void>,
  codings: readonly ContentCoding[],
): AsyncIterable<Uint8Array> {
  if (codings.length === 0) return source;
  let decoded: Readable = Readable.from(source, { objectMode: false });
  for (const coding of codings.toReversed()) {
    // What fails anywhere ends the last of them, which is where it is read.
    decoded = pipeline(decoded, decoders[coding](), () => {});
  }
  return decoded;
}

function isZlibFault(fault: unknown): boolean {
  const { code } = fault as { code?: unknown };
  return typeof code === "string" &&
    /^(Z_|ERR_(BROTLI|_ERROR_FORMAT|_ERROR_)|ERR__ERROR)/.test(code);
}
