/** Comparison whose time does not tell where two texts differ. @module */

/** Whether two texts are equal, in a time that depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) {
    difference |= a.charCodeAt(index % (a.length || 1)) ^ b.charCodeAt(index);
  }
  return difference === 0;
}
