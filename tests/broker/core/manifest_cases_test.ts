/**
 * Manifests, case by case, beyond the shared vectors: `start_url`, `id`, `scope`, and the order of what is told.
 *
 * Sources: Web Application Manifest, the algorithms for these members; WHATWG URL; for the words, Chromium's manifest
 * parser.
 * @module
 */
import assert from "node:assert/strict";
import { processManifest } from "../../../broker/core/manifest.ts";

const manifestUrl = "https://ex.com/app/m.json";
const documentUrl = "https://ex.com/app/index.html?q#f";
const process = (json: unknown) => processManifest(json, manifestUrl, documentUrl);

const type = (member: string) => `property '${member}' ignored, type string expected.`;
const foreign = (member: string) =>
  `property '${member}' ignored, should be same origin as document.`;
const invalid = (member: string) => `property '${member}' ignored, URL is invalid.`;
const outside = "property 'scope' ignored. Start url should be within scope of scope URL.";

/** Where `start_url` is not taken, the document's own URL is. */
const startUrls: [start_url: unknown, expected: string | null, error?: string][] = [
  ["", null],
  [null, null, type("start_url")],
  [[], null, type("start_url")],
  [{ href: "/" }, null, type("start_url")],
  [false, null, type("start_url")],
  [" ", "https://ex.com/app/m.json"],
  ["\t/x\n", "https://ex.com/x"],
  ["/a\tb", "https://ex.com/ab"],
  ["?x=1", "https://ex.com/app/m.json?x=1"],
  ["#frag", "https://ex.com/app/m.json#frag"],
  ["../../../x", "https://ex.com/x"],
  ["./a/./b/../c", "https://ex.com/app/a/c"],
  ["//ex.com/z", "https://ex.com/z"],
  ["https:z", "https://ex.com/app/z"],
  ["https://EX.com:443/a", "https://ex.com/a"],
  ["https://ex.com\\x", "https://ex.com/x"],
  ["/\u00e9", "https://ex.com/%C3%A9"],
  ["/%2e%2e/a", "https://ex.com/a"],
  ["//evil.com/", null, foreign("start_url")],
  ["https://sub.ex.com/", null, foreign("start_url")],
  ["https://ex.com./", null, foreign("start_url")],
  ["https://ex.com:444/a", null, foreign("start_url")],
  ["http://ex.com/", null, foreign("start_url")],
  ["data:text/html,x", null, foreign("start_url")],
  ["javascript:1", null, foreign("start_url")],
  ["about:blank", null, foreign("start_url")],
  ["blob:https://ex.com/1", null, foreign("start_url")],
  ["file:///etc/passwd", null, foreign("start_url")],
  ["https://", null, invalid("start_url")],
  ["https://[", null, invalid("start_url")],
  ["//ex.com:99999/", null, invalid("start_url")],
];
for (const [start_url, expected, error] of startUrls) {
  Deno.test(`start_url ${JSON.stringify(start_url)}`, () => {
    const { manifest, errors } = process({ start_url });
    assert.equal(manifest.start_url, expected ?? documentUrl);
    assert.deepEqual(errors, error === undefined ? [] : [error]);
  });
}

/** All with the start URL `/a/s#h`, which stands in where `id` is not taken, without its fragment. */
const ids: [id: unknown, expected: string, error?: string][] = [
  ["", "https://ex.com/a/s"],
  [null, "https://ex.com/a/s", type("id")],
  [true, "https://ex.com/a/s", type("id")],
  [{}, "https://ex.com/a/s", type("id")],
  [["foo"], "https://ex.com/a/s", type("id")],
  ["foo", "https://ex.com/foo"],
  ["./foo", "https://ex.com/foo"],
  ["../foo", "https://ex.com/foo"],
  ["/foo", "https://ex.com/foo"],
  ["foo/", "https://ex.com/foo/"],
  ["foo/../bar", "https://ex.com/bar"],
  ["#", "https://ex.com/"],
  ["#only", "https://ex.com/"],
  ["?q", "https://ex.com/?q"],
  ["/a?b#c", "https://ex.com/a?b"],
  ["/a#b?c", "https://ex.com/a"],
  [" ", "https://ex.com/"],
  [" a b ", "https://ex.com/a%20b"],
  ["%20", "https://ex.com/%20"],
  ["\u00e9", "https://ex.com/%C3%A9"],
  ["https://ex.com", "https://ex.com/"],
  ["https://ex.com:443/x", "https://ex.com/x"],
  ["//ex.com/x", "https://ex.com/x"],
  ["http://ex.com/x", "https://ex.com/a/s", foreign("id")],
  ["https://ex.com:8443/x", "https://ex.com/a/s", foreign("id")],
  ["//evil.com/x", "https://ex.com/a/s", foreign("id")],
  ["data:x", "https://ex.com/a/s", foreign("id")],
  ["urn:uuid:1", "https://ex.com/a/s", foreign("id")],
  ["blob:https://ex.com/1", "https://ex.com/a/s", foreign("id")],
  ["https://[::1", "https://ex.com/a/s", invalid("id")],
];
for (const [id, expected, error] of ids) {
  Deno.test(`id ${JSON.stringify(id)}`, () => {
    const { manifest, errors } = process({ id, start_url: "/a/s#h" });
    assert.equal(manifest.id, expected);
    assert.deepEqual(errors, error === undefined ? [] : [error]);
  });
}

const scopes: [scope: unknown, start_url: string, expected: string, error?: string][] = [
  ["", "/p/x", "https://ex.com/p/"],
  [null, "/p/x", "https://ex.com/p/", type("scope")],
  [42, "/p/x", "https://ex.com/p/", type("scope")],
  [undefined, "/x/y/", "https://ex.com/x/y/"],
  [undefined, "/x/y?z=/a/b", "https://ex.com/x/"],
  [undefined, "/x/y#/a/b", "https://ex.com/x/"],
  [undefined, "/", "https://ex.com/"],
  ["/", "/p/x", "https://ex.com/"],
  [".", "/app/x", "https://ex.com/app/"],
  ["..", "/app/x", "https://ex.com/"],
  ["  /p  ", "/p/x", "https://ex.com/p"],
  ["/p", "/prefix/x", "https://ex.com/p"],
  ["/p/x", "/p/x", "https://ex.com/p/x"],
  ["/p/?q#f", "/p/x", "https://ex.com/p/"],
  ["?x", "m.json", "https://ex.com/app/m.json"],
  ["#x", "m.json", "https://ex.com/app/m.json"],
  ["https://EX.com/p/", "/p/x", "https://ex.com/p/"],
  ["/a/%2e%2e/p/", "/p/x", "https://ex.com/p/"],
  ["/p/", "/p", "https://ex.com/", outside],
  ["/P/", "/p/x", "https://ex.com/p/", outside],
  ["/a%2fb", "/a/b", "https://ex.com/a/", outside],
  ["/%70/", "/p/x", "https://ex.com/p/", outside],
  ["https://evil.com/", "/p/x", "https://ex.com/p/", outside],
  ["http://ex.com/", "/p/x", "https://ex.com/p/", outside],
  ["https://ex.com:8443/", "/p/x", "https://ex.com/p/", outside],
  ["javascript:1", "/p/x", "https://ex.com/p/", outside],
  ["blob:https://ex.com/1", "/p/x", "https://ex.com/p/", outside],
  ["https://[", "/p/x", "https://ex.com/p/", invalid("scope")],
];
for (const [scope, start_url, expected, error] of scopes) {
  Deno.test(`scope ${JSON.stringify(scope)} with ${start_url}`, () => {
    const { manifest, errors } = process({ scope, start_url });
    assert.equal(manifest.scope, expected);
    assert.deepEqual(errors, error === undefined ? [] : [error]);
  });
}

Deno.test("what is wrong is told in Chromium's order of members, whatever the order in the file", () => {
  const { errors } = process(
    '{"scope_extensions":0,"icons":0,"scope":0,"id":0,"start_url":0,"short_name":0,"name":0}',
  );
  assert.deepEqual(errors, [
    ...["name", "short_name", "start_url", "id", "scope"].map(type),
    "property 'icons' ignored, type array expected.",
    "property 'scope_extensions' ignored, type array expected.",
  ]);
});

Deno.test("a start URL of another origin: the scope is measured by the document", () => {
  const { manifest, errors } = process({ start_url: "https://evil.com/", scope: "/other/" });
  assert.equal(manifest.scope, "https://ex.com/app/");
  assert.deepEqual(errors, [foreign("start_url"), outside]);
});

Deno.test("a manifest of another origin than its document: paths are that origin's, and so are not taken", () => {
  const { manifest } = processManifest(
    { start_url: "/s", scope: "/", id: "mine" },
    "https://cdn.example/m.json",
    documentUrl,
  );
  assert.equal(manifest.start_url, documentUrl);
  assert.equal(manifest.scope, "https://ex.com/app/");
  assert.equal(manifest.id, "https://ex.com/mine");
});

const texts: [text: string, error: string | null][] = [
  ["\ufeff{}", null],
  [" \n{}\n ", null],
  ["{} x", "Line: 1, column: 4, Syntax error."],
  ["{,}", "Line: 1, column: 2, Syntax error."],
  ['{"name":"a",}', "Line: 1, column: 13, Syntax error."],
  ["// a comment\n{}", "Line: 1, column: 1, Syntax error."],
  ["{'name':'a'}", "Line: 1, column: 2, Syntax error."],
  ['{"name":"a\nb"}', "Line: 1, column: 9, Syntax error."],
  ["undefined", "Line: 1, column: 1, Syntax error."],
  ["NaN", "Line: 1, column: 1, Syntax error."],
  ['"text"', "root element must be a valid JSON object."],
  ["[{}]", "root element must be a valid JSON object."],
  ["true", "root element must be a valid JSON object."],
];
for (const [text, error] of texts) {
  Deno.test(`a file that reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(process(text).errors, error === null ? [] : [error]);
  });
}

Deno.test("of a member that stands twice the last one counts (ECMA-404, JSON.parse)", () => {
  assert.equal(process('{"name":"a","name":"b"}').manifest.name, "b");
});
