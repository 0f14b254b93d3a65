/** Small files that only their owner may read, written whole or not at all. @module */

/** The text of a file; null when there is none. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return null;
    throw fault;
  }
}

/**
 * Writes a file with mode 0600. Whoever reads it meanwhile, or after a crash, finds the old text or the new one.
 * One process at a time writes it: the one that holds the data directory.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await Deno.open(unfinished, {
    write: true,
    create: true,
    truncate: true,
    mode: 0o600,
  });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(unfinished, path);
}
