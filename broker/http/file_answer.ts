/** Files to keep, made while they are read. @module */
import type { Broker } from "../actions/ports.ts";

const mediaTypes = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  csv: "text/csv; charset=utf-8; header=present",
} as const;

/**
 * Answers a file, which the browser keeps and does not show.
 *
 * @param what What is in it, for its name.
 * @param parts Its text, part by part; each is made once the one before was read.
 */
export function answerFile(
  { clock, machine }: Pick<Broker, "clock" | "machine">,
  what: string,
  kind: keyof typeof mediaTypes,
  parts: Iterable<string> | AsyncIterable<string>,
): Response {
  const date = new Date(clock.nowMs()).toISOString().slice(0, 10);
  const name = `gatehouse-${what}-${machine.name.replace(/[^\w.-]/g, "_").slice(0, 40)}-${date}`;
  const body = ReadableStream.from(parts).pipeThrough(new TextEncoderStream());
  return new Response(body, {
    headers: {
      "content-type": mediaTypes[kind],
      "content-disposition": `attachment; filename="${name}.${kind}"`,
      "cache-control": "no-store",
    },
  });
}
