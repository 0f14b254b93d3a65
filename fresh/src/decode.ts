/**
 * Reads in the browser what `encode.ts` wrote on the server.
 * @module
 */
import { computed, signal } from "@preact/signals";

/** JSX from the server, which is in the document under this id. */
export class Slot {
  constructor(readonly id: number) {}
}

type Entry = string | number | boolean | null | [kind: string, ...parts: unknown[]];

/** The value a table stands for; its first entry is the root. */
export function decode(table: readonly unknown[]): unknown {
  const values = new Map<number, unknown>();
  const read = (index: number): unknown => {
    if (values.has(index)) return values.get(index);
    const entry = table[index] as Entry;
    if (!Array.isArray(entry)) return keep(index, entry);
    const [kind, first] = entry;
    // Whatever can contain itself is known before its contents are read.
    const indexes = first as number[];
    switch (kind) {
      case "array": {
        const array = keep(index, new Array<unknown>(indexes.length));
        indexes.forEach((at, i) => at < 0 || (array[i] = read(at)));
        return array;
      }
      case "object": {
        const object = keep(index, {});
        const pairs = first as (string & number)[];
        for (let i = 0; i < pairs.length; i += 2) {
          // Not by assignment, for which `__proto__` is special.
          Object.defineProperty(object, pairs[i]!, {
            value: read(pairs[i + 1]!),
            configurable: true,
            enumerable: true,
            writable: true,
          });
        }
        return object;
      }
      case "set": {
        const set = keep(index, new Set<unknown>());
        for (const at of indexes) set.add(read(at));
        return set;
      }
      case "map": {
        const map = keep(index, new Map<unknown, unknown>());
        for (let i = 0; i < indexes.length; i += 2) {
          map.set(read(indexes[i]!), read(indexes[i + 1]!));
        }
        return map;
      }
      case "signal": {
        const made = keep(index, signal<unknown>());
        made.value = read(first as number);
        return made;
      }
      case "computed": {
        const value = read(first as number);
        return keep(index, computed(() => value));
      }
      default:
        return keep(index, leaf(kind, String(first), String(entry[2])));
    }
  };
  const keep = <T>(index: number, value: T): T => {
    values.set(index, value);
    return value;
  };
  return read(0);
}

function leaf(kind: string, text: string, more: string): unknown {
  switch (kind) {
    case "number":
      return Number(text);
    case "bigint":
      return BigInt(text);
    case "date":
      return new Date(text === "null" ? NaN : Number(text));
    case "url":
      return new URL(text);
    case "regexp":
      return new RegExp(text, more);
    case "bytes":
      return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    case "slot":
      return new Slot(Number(text));
    case "temporal":
      return (Temporal as unknown as Record<string, { from(text: string): unknown }>)[text]
        ?.from(more);
    default:
      return undefined;
  }
}
