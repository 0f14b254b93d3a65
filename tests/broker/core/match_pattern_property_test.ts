/**
 * Match patterns by brute force: over a small world of URLs, `containsPattern` and
 * `overlapsPattern` must say what testing every URL says.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  containsPattern,
  matchesUrl,
  type MatchPattern,
  overlapsPattern,
  parseMatchPattern,
} from "../../../broker/core/match_pattern.ts";

const seed = 20260718;

/** Every text over the alphabet with at most `length` letters. */
function texts(alphabet: readonly string[], length: number): string[] {
  let longest = [""];
  const all = [...longest];
  for (let i = 0; i < length; i++) {
    longest = longest.flatMap((text) => alphabet.map((letter) => text + letter));
    all.push(...longest);
  }
  return all;
}

function url(text: string): URL {
  const parsed = new URL(text);
  assert.ok(parsed.href.startsWith(text), `${text} was rewritten to ${parsed.href}`);
  return parsed;
}

function compare(a: MatchPattern, b: MatchPattern, world: readonly URL[]): void {
  const inA = world.map((member) => matchesUrl(a, member));
  const inB = world.map((member) => matchesUrl(b, member));
  const both = inA.some((member, i) => member && inB[i]);
  const contains = inB.every((member, i) => !member || inA[i]);
  assert.equal(containsPattern(a, b), contains, `${a.text} contains ${b.text}`);
  assert.equal(overlapsPattern(a, b), both, `${a.text} overlaps ${b.text}`);
  assert.equal(overlapsPattern(b, a), both, `${b.text} overlaps ${a.text}`);
  assert.ok(containsPattern(a, a) && overlapsPattern(a, a), a.text);
}

// `c` is in no pattern, so that it can stand for "anything else"; five letters are enough to tell
// any two patterns of three apart.
const pathWorld = texts(["a", "b", "/", "c"], 5).map((path) => url(`http://h/${path}`));
const path = fc.array(fc.constantFrom("a", "b", "/", "*", "*"), { maxLength: 3 })
  .map((letters) => `/${letters.join("")}`);

Deno.test("relations between paths are what every short path says", () => {
  fc.assert(
    fc.property(path, path, (a, b) => {
      compare(parseMatchPattern(`http://h${a}`), parseMatchPattern(`http://h${b}`), pathWorld);
    }),
    { seed, numRuns: 3000 },
  );
});

Deno.test("a path matches as its regular expression does", () => {
  fc.assert(
    fc.property(path, (glob) => {
      const pattern = parseMatchPattern(`http://h${glob}`);
      const expression = new RegExp(`^${glob.replaceAll("*", ".*")}$`);
      for (const member of pathWorld) {
        const isDirectory = `${member.pathname}/*` === glob;
        const expected = isDirectory || expression.test(member.pathname);
        assert.equal(matchesUrl(pattern, member), expected, `${glob} ${member.pathname}`);
      }
    }),
    { seed, numRuns: 300 },
  );
});

const world = ["http", "https", "ws", "wss"].flatMap((scheme) =>
  ["a", "b", "b.a", "c.a", "c.b.a", "c", "xa", "127.0.0.1", "[::1]"].flatMap((host) =>
    ["", ":8080"].flatMap((port) =>
      ["/", "/x", "/x/", "/xy", "/y", "/x/y", "/z", "/zy"].map((tail) =>
        url(`${scheme}://${host}${port}${tail}`)
      )
    )
  )
);
const pattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant("<all_urls>") },
  {
    weight: 12,
    arbitrary: fc.tuple(
      fc.constantFrom("*", "http", "https", "ws", "wss"),
      fc.constantFrom("*", "a", "*.a", "a.", "b.a", "*.b.a", "*.b", "127.0.0.1", "[::1]"),
      fc.constantFrom("", "", ":8080", ":*"),
      fc.constantFrom("/*", "/*", "/x", "/x/*", "/x*", "/*y", "/x*y"),
    ).map(([scheme, host, port, tail]) =>
      `${scheme}://${host}${scheme === "*" && port === ":8080" ? "" : port}${tail}`
    ),
  },
).map(parseMatchPattern);

Deno.test("relations between whole patterns are what every URL of the world says", () => {
  fc.assert(fc.property(pattern, pattern, (a, b) => compare(a, b, world)), {
    seed,
    numRuns: 2000,
  });
});

Deno.test("whatever the text, parsing it ends in a pattern or in a named error", () => {
  const text = fc.array(
    fc.constantFrom(
      "http",
      "*",
      "://",
      ":",
      "/",
      "[",
      "]",
      "::1",
      ".",
      "a",
      "80",
      "\0",
      "@",
      "%",
      "é",
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (candidate) => {
      try {
        const { text: canonical } = parseMatchPattern(candidate);
        assert.equal(parseMatchPattern(canonical).text, canonical);
      } catch (error) {
        assert.equal(error instanceof Error && error.name, "MatchPatternError", String(error));
      }
    }),
    { seed, numRuns: 5000 },
  );
});
