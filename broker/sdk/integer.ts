/** Integers as Web IDL converts them with [EnforceRange]. @module */

const largest = { "octet": 0xff, "unsigned short": 0xffff, "unsigned long": 0xffffffff } as const;

/**
 * Converts a value to a whole number of a type.
 *
 * @param name What it is, for the message.
 * @throws TypeError for what is no number, and for one that is out of the type's range.
 */
export function toEnforcedInteger(
  name: string,
  value: unknown,
  type: keyof typeof largest,
): number {
  // ToNumber of ECMAScript, which unlike `Number()` throws a TypeError for a BigInt.
  const number = Math.trunc(+(value as number));
  if (!Number.isFinite(number) || number < 0 || number > largest[type]) {
    throw new TypeError(`${name} is out of the range of an ${type}`);
  }
  return number + 0;
}
