/**
 * Association files, case by case, beyond the shared vectors.
 *
 * Source: Chromium, web_app_origin_association_parser.cc; WHATWG URL for keys and scopes.
 * @module
 */
import assert from "node:assert/strict";
import { processManifest } from "../../../broker/core/manifest.ts";
import { parseOriginAssociation } from "../../../broker/core/origin_association.ts";

const origin = "https://example.co.uk";
const noId = "Associated app ignored. Manifest ID is not a valid URL.";
const noObject = "Associated app ignored, type object expected.";
const noScope = "Associated app ignored. Required property 'scope' is not a valid URL.";

/** What a key is read as; null where it is passed over. */
const keys: [key: string, id: string | null][] = [
  ["https://a.com", "https://a.com/"],
  ["https://a.com/", "https://a.com/"],
  ["https://a.com/app/", "https://a.com/app/"],
  ["https://a.com/app?x=1", "https://a.com/app?x=1"],
  ["https://a.com/#x", "https://a.com/#x"],
  ["https://A.com/App", "https://a.com/App"],
  ["https://a.com:443/", "https://a.com/"],
  ["https://a.com:8443/", "https://a.com:8443/"],
  [" https://a.com ", "https://a.com/"],
  ["https://a.com/a/../b", "https://a.com/b"],
  ["https://b\u00fccher.example/", "https://xn--bcher-kva.example/"],
  ["https://[::1]:8/", "https://[::1]:8/"],
  ["https://0x7f.1/", "https://127.0.0.1/"],
  ["http://a.com/", "http://a.com/"],
  ["about:blank", "about:blank"],
  ["data:x", "data:x"],
  ["a.com", null],
  ["//a.com/", null],
  ["/app", null],
  ["", null],
  ["*", null],
  ["https://", null],
  ["https://a b/", null],
  ["web_apps", null],
];
for (const [key, id] of keys) {
  Deno.test(`the key ${JSON.stringify(key)}`, () => {
    const { apps, warnings, error } = parseOriginAssociation(JSON.stringify({ [key]: {} }), origin);
    assert.equal(error, null);
    assert.deepEqual(apps.map((app) => app.id), id === null ? [] : [id]);
    assert.deepEqual(warnings, id === null ? [noId] : []);
  });
}

/** What a scope is read as; null where none is given by it. */
const scopes: [scope: unknown, expected: string | null][] = [
  ["", `${origin}/`],
  [" ", `${origin}/`],
  [null, `${origin}/`],
  [7, `${origin}/`],
  [["/x"], `${origin}/`],
  ["/", `${origin}/`],
  ["x", `${origin}/x`],
  ["x/", `${origin}/x/`],
  ["/a/../b/", `${origin}/b/`],
  ["/%61", `${origin}/%61`],
  ["/\u00e9", `${origin}/%C3%A9`],
  ["?q", `${origin}/?q`],
  ["#h", `${origin}/#h`],
  ["https://example.co.uk", `${origin}/`],
  ["https://EXAMPLE.co.uk/x", `${origin}/x`],
  ["https://example.co.uk:443/x", `${origin}/x`],
  ["//example.co.uk/x", `${origin}/x`],
  ["https:x", `${origin}/x`],
  ["https://example.co.uk:8443/x", null],
  ["http://example.co.uk/", null],
  ["https://www.example.co.uk/", null],
  ["https://example.co.uk./", null],
  ["https://example.co.uk.evil.com/", null],
  ["https://user@example.co.uk/x", null],
  ["https://:pw@example.co.uk/x", null],
  ["//evil.com/", null],
  ["\\\\evil.com/", null],
  ["/\t/evil.com/", null],
  ["javascript:1", null],
  ["blob:https://example.co.uk/1", null],
  ["https://[", null],
];
for (const [scope, expected] of scopes) {
  Deno.test(`the scope ${JSON.stringify(scope)}`, () => {
    const text = JSON.stringify({ "https://a.com/": { scope } });
    const { apps, warnings } = parseOriginAssociation(text, origin);
    assert.deepEqual(apps.map((app) => app.scope), [expected]);
    assert.deepEqual(warnings, expected === null ? [noScope] : []);
  });
}

Deno.test("values that are no objects are passed over", () => {
  for (const value of [null, true, 0, "x", [], [{}]]) {
    const text = JSON.stringify({ "https://a.com/": value });
    const { apps, warnings } = parseOriginAssociation(text, origin);
    assert.deepEqual([apps, warnings], [[], [noObject]], text);
  }
});

Deno.test("each origin's files are read against that origin's root", () => {
  const scopeAt = (associate: string) =>
    parseOriginAssociation('{"https://a.com/":{"scope":"x"}}', associate).apps[0]?.scope;
  assert.equal(scopeAt("https://b\u00fccher.example"), "https://xn--bcher-kva.example/x");
  assert.equal(scopeAt("https://e.com:8443"), "https://e.com:8443/x");
  assert.equal(scopeAt("https://[::1]:8"), "https://[::1]:8/x");
  assert.equal(scopeAt("https://e.com/some/path"), "https://e.com/x");
});

Deno.test("keys of one id: both are kept, in the order of their keys; of one key twice, the last", () => {
  const read = (text: string) =>
    parseOriginAssociation(text, origin).apps.map(({ scope }) => scope);
  assert.deepEqual(read('{"https://a.com/":{"scope":"/b"},"https://a.com":{"scope":"/a"}}'), [
    `${origin}/a`,
    `${origin}/b`,
  ]);
  assert.deepEqual(read('{"https://a.com/":{"scope":"/b"},"https://a.com/":{"scope":"/c"}}'), [
    `${origin}/c`,
  ]);
});

const noObjectFile = "No valid JSON object found.";
const files: [text: string, error: string | RegExp | null][] = [
  ["\ufeff{}", null],
  ["{} // end", null],
  ["/* a */ {} /* b */", null],
  ["null", noObjectFile],
  ["7", noObjectFile],
  ["[]", noObjectFile],
  ['"{}"', noObjectFile],
  ["{} {}", /^line 1, column 4: /],
  ["{", /^line 1, column 1: EOF/],
  ["// only a comment", /EOF while parsing a value/],
  ["{'https://a.com/':{}}", /^line 1, column 2: /],
  ['{"https://a.com/":{},}', /^line 1, column 22: /],
];
for (const [text, error] of files) {
  Deno.test(`a file that reads ${JSON.stringify(text)}`, () => {
    const read = parseOriginAssociation(text, origin);
    if (error instanceof RegExp) assert.match(read.error ?? "", error);
    else assert.equal(read.error, error);
    assert.deepEqual(read.apps, []);
  });
}

const domain = "scope_extensions entry ignored, domain of required property 'origin' is invalid.";
const bad = "scope_extensions entry ignored, required property 'origin' is invalid.";
const missing =
  "scope_extensions entry ignored, required properties 'type' and 'origin' are missing.";
const object = "scope_extensions entry ignored, type object expected.";

/** Entries of the manifest's side of the handshake (Chromium, manifest_parser.cc). */
const entries: [entry: unknown, origin: string | null, error?: string][] = [
  [{ type: "origin", origin: "https://a.com" }, "https://a.com"],
  [{ type: "origin", origin: "https://A.com:443/x?y#z" }, "https://a.com"],
  [{ type: "origin", origin: "https://a.com." }, "https://a.com."],
  [{ type: "origin", origin: "https://b\u00fccher.com" }, "https://xn--bcher-kva.com"],
  [{ type: "origin", origin: "https://[2001:db8::1]:8" }, "https://[2001:db8::1]:8"],
  [{ type: "origin", origin: "https://0x7f.1" }, "https://127.0.0.1"],
  [{ type: "origin", origin: "https://*foo.com" }, "https://*foo.com"],
  [{ type: "origin", origin: "https://*.foo.com" }, "https://*.foo.com"],
  [{ type: "origin", origin: "https://*." }, null, domain],
  [{ type: "origin", origin: "https://*.com" }, null, domain],
  [{ type: "origin", origin: "https://*.co.uk" }, null, domain],
  [{ type: "origin", origin: "https://*.foo" }, null, domain],
  [{ type: "origin", origin: "https://com" }, null, domain],
  [{ type: "origin", origin: "https://a.test" }, null, domain],
  [{ type: "origin", origin: "https://intranet" }, null, domain],
  [{ type: "origin", origin: "" }, null, bad],
  [{ type: "origin", origin: "a.com" }, null, bad],
  [{ type: "origin", origin: "//a.com" }, null, bad],
  [{ type: "origin", origin: "data:x" }, null, bad],
  [{ type: "origin", origin: "blob:https://a.com/1" }, null, bad],
  [
    { type: "origin", origin: "wss://a.com" },
    null,
    "scope_extensions entry ignored, required property 'origin' must use the https scheme.",
  ],
  [{ type: "ORIGIN", origin: "https://a.com" }, null, "Scope extension 'type' invalid."],
  [{ type: "", origin: "https://a.com" }, null, "Scope extension 'type' invalid."],
  [{ type: 1, origin: "https://a.com" }, null, missing],
  [{ type: "origin", origin: null, value: "https://a.com" }, null, missing],
  [{ type: "origin" }, null, missing],
  [{}, null, missing],
  [null, null, object],
  [1, null, object],
  [[["type", "origin"]], null, object],
];
for (const [entry, expected, error] of entries) {
  Deno.test(`the entry ${JSON.stringify(entry)}`, () => {
    const { manifest, errors } = processManifest(
      { scope_extensions: [entry] },
      "https://me.example/m.json",
      "https://me.example/",
    );
    assert.deepEqual(
      manifest.scope_extensions,
      expected === null ? [] : [{ origin: expected, has_origin_wildcard: false }],
    );
    assert.deepEqual(errors, error === undefined ? [] : [error]);
  });
}
