/** The path of a match pattern, in which `*` stands for any text and nothing else is special. @module */

/** A path pattern, split at its stars so that matching needs no expression and no copies. */
export interface PathGlob {
  /** The pattern as written, with characters beyond ASCII encoded as URLs encode them. */
  readonly text: string;
  /** The text between the stars: one part if there is no star, else one more than there are stars. */
  readonly parts: readonly string[];
  /** For `/a/*` the path `/a`, which matches too; else null. */
  readonly directory: string | null;
}

/** Reads the path of a match pattern. Every text is one. */
export function parsePathGlob(path: string): PathGlob {
  const text = path.replace(
    // deno-lint-ignore no-control-regex
    /[^\x00-\x7f]+/g,
    (run) => encodeURIComponent(run.toWellFormed()),
  );
  const parts = text.split("*");
  // No URL has an empty path, so `/*` stands for itself alone.
  const directory = text.endsWith("/*") && text.length > 2 ? text.slice(0, -2) : null;
  return { text, parts, directory };
}

function isPlain(glob: PathGlob): boolean {
  return glob.parts.length === 1;
}

function matchesParts(parts: readonly string[], path: string): boolean {
  const first = parts[0] ?? "";
  if (parts.length === 1) return path === first;
  const last = parts[parts.length - 1] ?? "";
  const end = path.length - last.length;
  if (end < first.length || !path.startsWith(first) || !path.endsWith(last)) return false;
  // Taking each middle part at its first place leaves the most room for those after it.
  let from = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? "";
    const at = path.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Whether the path of a URL, with its query and without its fragment, matches. */
export function matchesPath(glob: PathGlob, path: string): boolean {
  return path === glob.directory || matchesParts(glob.parts, path);
}

/** Whether every path that `inner` matches is matched by `outer`. Exact. */
export function containsPath(outer: PathGlob, inner: PathGlob): boolean {
  if (isPlain(inner)) return matchesPath(outer, inner.text);
  // A star of `inner` can be any text, so only a star of `outer` can take it; and because no plain
  // part of `outer` holds a star, reading the star of `inner` as a character says just that.
  return matchesParts(outer.parts, inner.text) &&
    (inner.directory === null || matchesPath(outer, inner.directory));
}

function oneStartsTheOther(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function oneEndsTheOther(a: string, b: string): boolean {
  return a.endsWith(b) || b.endsWith(a);
}

/** Whether some path is matched by both. Exact. */
export function overlapsPath(a: PathGlob, b: PathGlob): boolean {
  if (isPlain(a)) return matchesPath(b, a.text);
  if (isPlain(b)) return matchesPath(a, b.text);
  // Both have stars: the longer beginning, all middle parts of one, then of the other, and the
  // longer end make a path that both match, so only beginnings and ends can be at odds. A
  // directory adds nothing: what matches `/a` and has a star matches `/a/` and more, too.
  return oneStartsTheOther(a.parts[0] ?? "", b.parts[0] ?? "") &&
    oneEndsTheOther(a.parts.at(-1) ?? "", b.parts.at(-1) ?? "");
}
