/**
 * Writes the properties of islands as text that may stand inside a script element.
 *
 * The text is a JSON array of values that refer to each other by index, so that shared and circular
 * references survive. `decode.ts` reads it.
 * @module
 */
import { isValidElement } from "preact";
import { Signal } from "@preact/signals";
import { SlotRef } from "./island.ts";

/** Computed signals keep their function under this name in the published build of signals. */
const COMPUTED_FN = "x";

/**
 * Encodes a value as a JavaScript expression without `<` or line separators.
 *
 * @throws {Error} on functions, symbols, class instances and JSX nested in other values
 * @see https://fresh.deno.dev/docs/advanced/serialization
 */
export function encode(value: unknown): string {
  const table: unknown[] = [];
  const seen = new Map<unknown, number>();
  const refer = (value: unknown): number => {
    const known = seen.get(value);
    // A map takes 0 and -0 for the same key.
    if (known !== undefined && !Object.is(value, -0)) return known;
    const index = table.push(null) - 1;
    if (!Object.is(value, -0)) seen.set(value, index);
    table[index] = entry(value, refer);
    return index;
  };
  refer(value);
  return JSON.stringify(table)
    .replace(
      /[<>\u2028\u2029]/g,
      (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
    );
}

function entry(value: unknown, refer: (value: unknown) => number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ["number", name(value)];
    case "undefined":
      return ["undefined"];
    case "bigint":
      return ["bigint", String(value)];
    case "object":
      return value === null ? null : object(value, refer);
    default:
      throw new Error(`An island cannot be given a ${typeof value} as a property`);
  }
}

/** `String(-0)` is "0". */
function name(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function object(value: object, refer: (value: unknown) => number): unknown[] {
  if (value instanceof SlotRef) return ["slot", value.id];
  if (value instanceof Signal) {
    const kind = COMPUTED_FN in value && typeof value[COMPUTED_FN] === "function"
      ? "computed"
      : "signal";
    return [kind, refer(value.peek())];
  }
  if (Array.isArray(value)) {
    return ["array", Array.from(value, (item, index) => index in value ? refer(item) : -1)];
  }
  if (value instanceof Date) return ["date", value.getTime()];
  if (value instanceof URL) return ["url", value.href];
  if (value instanceof RegExp) return ["regexp", value.source, value.flags];
  if (value instanceof Uint8Array) return ["bytes", base64(value)];
  if (value instanceof Set) return ["set", Array.from(value, refer)];
  if (value instanceof Map) return ["map", Array.from(value).flat().map(refer)];
  const temporal = /^\[object Temporal\.(\w+)\]$/.exec(Object.prototype.toString.call(value));
  if (temporal !== null) return ["temporal", temporal[1], String(value)];
  const prototype = Object.getPrototypeOf(value);
  if (isValidElement(value) || (prototype !== null && prototype !== Object.prototype)) {
    throw new Error(`An island cannot be given a ${value.constructor?.name ?? "JSX element"} here`);
  }
  return ["object", Object.entries(value).flatMap(([key, item]) => [key, refer(item)])];
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
