/** Reading what a caller sent: bounded, strictly parsed, and with errors that say where and how to mend it. @module */
import type { z } from "zod";
import { ActionError } from "../actions/action_error.ts";
import type { ProblemType } from "../schema/problem.ts";
import { readFieldProblems } from "../schema/field_problems.ts";

/** The longest body that a call may have, in bytes. Every body of this API is a small JSON object, files apart. */
export const maxBodyBytes = 64 * 1024;
/** The longest body of a call that takes a person's file. */
export const maxFileBytes = 8 * 1024 * 1024;

/**
 * Reads a JSON body through its schema.
 *
 * @param maxBytes The longest that it may be.
 * @throws ActionError `unsupported-media-type`, `body-too-large`, `invalid-body`.
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  maxBytes: number = maxBodyBytes,
): Promise<z.infer<Schema>> {
  requireMediaType(request, "application/json");
  return parseWith(schema, parseJson(await readText(request, maxBytes)), "invalid-body");
}

/**
 * Reads the query through its schema; a name that comes twice is an error.
 *
 * @throws ActionError `invalid-query`.
 */
export function readQuery<Schema extends z.ZodType>(url: URL, schema: Schema): z.infer<Schema> {
  const values: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(values, name)) {
      const detail = `"${name}" comes more than once. Give it once.`;
      throw new ActionError("invalid-query", detail, { errors: [{ pointer: `/${name}`, detail }] });
    }
    values[name] = value;
  }
  return parseWith(schema, values, "invalid-query");
}

/**
 * Reads an id from the path. An id that cannot be one names nothing.
 *
 * @throws ActionError `not-found`.
 */
export function readId<Schema extends z.ZodType>(
  text: string | undefined,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new ActionError("not-found", "There is nothing with this id.");
  return parsed.data;
}

/**
 * Reads the fields of a form that a browser sent without JavaScript.
 *
 * @throws ActionError `unsupported-media-type`, `body-too-large`, `invalid-body`.
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  requireMediaType(request, "application/x-www-form-urlencoded");
  return new URLSearchParams(await readText(request, maxBodyBytes));
}

function requireMediaType(request: Request, wanted: string): void {
  const mediaType = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === wanted) return;
  throw new ActionError(
    "unsupported-media-type",
    `Send the body with \`Content-Type: ${wanted}\`.`,
  );
}

function tooLarge(maxBytes: number): ActionError {
  return new ActionError("body-too-large", `A body here has at most ${maxBytes} bytes.`);
}

/** Reads the body as UTF-8 and stops at the first byte that is too many. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let text = "";
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (fault) {
    if (fault instanceof ActionError) throw fault;
    throw new ActionError("invalid-body", "The body is not UTF-8 text, or was cut short.");
  }
}

/** @throws ActionError of the given type, with the line and column of the first error. */
export function parseJson(text: string, type: ProblemType = "invalid-body"): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const at = findJsonError(text);
    const before = text.slice(0, at).split("\n");
    const detail = text.trim() === ""
      ? "The body is empty. Send a JSON object."
      : `The body is not JSON: the first error is at line ${before.length}, column ${
        before.at(-1)!.length + 1
      }.`;
    throw new ActionError(type, detail, { errors: [{ pointer: "", detail }] });
  }
}

/**
 * The offset of the first character that no JSON text could have there; the text's length where it merely ends too
 * early. JSON.parse doesn't always tell. Found by halving: a prefix is hopeless when no closing can save it.
 */
function findJsonError(text: string): number {
  let fine = 0;
  let broken = text.length + 1;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (middle <= text.length && !isHopeless(text.slice(0, middle))) fine = middle;
    else broken = middle;
  }
  return fine;
}

function isHopeless(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return false;
  } catch (fault) {
    if (!(fault instanceof SyntaxError)) throw fault;
    if (/^Unexpected end|^Unterminated string/.test(fault.message)) return false;
    const position = /at position (\d+)/.exec(fault.message)?.[1];
    return position === undefined || Number(position) < prefix.length;
  }
}

/** @throws ActionError of the given type, with every field that is wrong. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  type: ProblemType,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = readFieldProblems(parsed.error, schema);
  const detail = errors.map(({ pointer, detail }) => `${pointer || "The body"}: ${detail}`).join(
    " ",
  );
  throw new ActionError(type, detail, { errors });
}
