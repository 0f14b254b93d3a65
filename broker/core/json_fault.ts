/** Where a text stops being JSON: line and column, for whoever has to mend it. @module */
import { parse, type ParseError } from "jsonc-parser";

/** A place in a text; both counted from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** Whether the text only ended too early. */
  readonly atEnd: boolean;
}

/** The place at which a text that is not JSON stops being it. */
export function findJsonFault(text: string): JsonFault {
  const offset = faultOffset(text);
  const before = text.slice(0, offset).split(/\r\n|[\r\n]/);
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    atEnd: text.slice(offset).trim() === "",
  };
}

function faultOffset(text: string): number {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch {
    return 0; // Nested so deeply that the parser, which calls itself, gave up.
  }
  return errors[0]?.offset ?? text.length;
}
