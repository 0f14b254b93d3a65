/** Values as they lie in the store, and what may be wrong with them. @module */

/** The bytes of a value of plain data: of its JSON. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What a stored value says, or why it can't be read. */
export type Decoding = { readonly value: unknown } | { readonly fault: string };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes a stored value. */
export function decodeJson(stored: unknown): Decoding {
  if (!(stored instanceof Uint8Array)) return { fault: "not bytes" };
  try {
    return { value: JSON.parse(utf8.decode(stored)) };
  } catch {
    return { fault: "not JSON" };
  }
}
