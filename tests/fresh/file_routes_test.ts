/**
 * Which URL a file below `routes/` answers, and which file comes first.
 * @module
 */
import assert from "node:assert/strict";
import { compareIds, patternOf } from "../../fresh/src/file_routes.ts";

Deno.test("file names are URL patterns", () => {
  for (
    const [id, pattern] of [
      ["/index", "/"],
      ["/about", "/about"],
      ["/blog/index", "/blog"],
      ["/blog/[slug]", "/blog/:slug"],
      ["/blog/[slug]/comments", "/blog/:slug/comments"],
      ["/old/[...path]", "/old/:path*"],
      ["/docs/[[version]]/index", "/docs{/:version}?"],
      ["/[[name]]", "/{:name}?"],
      ["/(group)/about", "/about"],
      ["/(group)/index", "/"],
      ["/(group)/[[name]]", "/{:name}?"],
      ["/[id]@[version]", "/:id@:version"],
      ["/a-[id].json", "/a-:id.json"],
    ] as const
  ) {
    assert.equal(patternOf(id), pattern, id);
  }
  assert.equal(patternOf("/(group)/about", { keepGroups: true }), "/(group)/about");
  for (const id of ["/[a][b]", "/a[[b]]", "/[[a]]b", "/a]"]) {
    assert.throws(() => patternOf(id), SyntaxError, id);
  }
});

Deno.test("wrappers come first in their directory, and the vaguer a name the later it comes", () => {
  const sorted = [
    "/_app",
    "/_middleware",
    "/_404",
    "/_layout",
    "/_error",
    "/index",
    "/blog/_middleware",
    "/blog/_layout",
    "/blog/index",
    "/blog/new",
    "/blog/[id]-edit",
    "/blog/[id]",
    "/blog/[...rest]",
    "/login",
    "/(group)/_middleware",
    "/(group)/index",
    "/(group)/account",
    "/[org]/_layout",
    "/[org]/index",
    "/[...path]",
  ];
  for (let turn = 0; turn < sorted.length; turn++) {
    const turned = [...sorted.slice(turn), ...sorted.slice(0, turn)].reverse();
    assert.deepEqual(turned.sort(compareIds), sorted);
  }
});
