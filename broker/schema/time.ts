/** Points in time and spans of time, as every record keeps them. @module */
import { z } from "zod";

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export const Instant = z.int().min(0).max(8_640_000_000_000_000).meta({
  description: "Milliseconds since 1970-01-01T00:00:00Z",
});

/** The longest span that a timed duration may name: 90 days, in milliseconds. */
export const maxTimedDurationMs = 90 * 24 * 60 * 60 * 1000;
