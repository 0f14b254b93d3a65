/** Reads the test vectors that this repository was given. @module */

/** The rows of a file of `tests/fixtures/vectors`. */
export async function readVectors<Row>(name: string): Promise<Row[]> {
  const url = new URL(`../../fixtures/vectors/${name}`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url));
}
