/** How much of an answer's body passes: what was decompressed, out of how much, and how fast it comes. @module */

/** The bounds of one body. */
export interface BodyLimits {
  /** Bytes that an app is given of one answer, decompressed. */
  readonly maxBytes: number;
  /** How many times its size a compressed body may grow. */
  readonly maxRatio: number;
  /** Up to this many bytes the ratio does not matter: small things compress well. */
  readonly freeBytes: number;
  /** The least that has to come in `slowWindowMs` while the app waits for more. */
  readonly minBytesPerWindow: number;
  readonly slowWindowMs: number;
}

/**
 * The bounds that hold unless policy names others. 8 GiB is a film; text and images compress to a hundredth at most, while
 * a bomb of zeros comes to a thousandth; 1 KiB in 30 s is a tenth of the slowest speech codec.
 */
export const defaultBodyLimits: BodyLimits = {
  maxBytes: 8 * 1024 ** 3,
  maxRatio: 200,
  freeBytes: 1024 ** 2,
  minBytesPerWindow: 1024,
  slowWindowMs: 30_000,
};

/** What has come of a body so far. */
export interface BodySize {
  /** As it came over the network. */
  readonly encodedBytes: number;
  /** As the app is given it. */
  readonly decodedBytes: number;
}

/** Why no more of a body passes, as a sentence; null while it does. */
export function bodyFault(
  { encodedBytes, decodedBytes }: BodySize,
  limits: BodyLimits,
): string | null {
  if (decodedBytes > limits.maxBytes) {
    return `The answer is larger than ${limits.maxBytes} bytes.`;
  }
  const isBomb = decodedBytes > limits.freeBytes && decodedBytes > encodedBytes * limits.maxRatio;
  return isBomb
    ? `The answer grows to more than ${limits.maxRatio} times its size when it is decompressed.`
    : null;
}

/** Which encodings of a body are undone, in the order of `Content-Encoding`; null when one of them is not known. */
export function contentCodings(header: string | null): readonly ContentCoding[] | null {
  const names = (header ?? "").toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  const known = names.map((name) => codings.get(name));
  // More than two is how bombs are packed.
  if (known.includes(undefined) || known.length > 2) return null;
  return known as ContentCoding[];
}

/** What servers are told that they may send. */
export const acceptedCodings = "gzip, br";

/** An encoding of a body (RFC 9110, section 8.4.1). */
export type ContentCoding = "gzip" | "br";

const codings: ReadonlyMap<string, ContentCoding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["br", "br"],
]);
