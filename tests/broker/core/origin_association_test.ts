/** Association files and the manifest member `scope_extensions`: every vector that the design keeps, and hostile files. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { processManifest } from "../../../broker/core/manifest.ts";
import {
  maxAssociationBytes,
  oldListAdvice,
  parseOriginAssociation,
} from "../../../broker/core/origin_association.ts";
import { canBeOwned } from "../../../broker/core/scope_extensions.ts";
import { readVectors } from "./vectors.ts";

interface Row {
  name: string;
  kind: string;
  associate_origin: string;
  input: unknown;
  expected: unknown;
  warnings: string[];
  error: string | null;
  errors: string[];
  requires_flag?: string;
}

const rows = await readVectors<Row>("origin-association.json");
const associate = "https://example.co.uk";
const parse = (text: string) => parseOriginAssociation(text, associate);

/** Rows that the design does not keep, and what holds in their place. */
const notKept = new Map([
  // The proposal's own spelling is read here beside Chromium's.
  ["seed form (value key)", [{ origin: "https://example.co.uk", has_origin_wildcard: false }]],
]);

Deno.test("the vectors of association files", () => {
  const own = rows.filter(({ kind }) => kind === "association-file");
  assert.ok(own.length >= 14, `${own.length} rows`);
  for (const row of own) {
    const { apps, warnings, error } = parseOriginAssociation(
      row.input as string,
      row.associate_origin,
    );
    const spelt = apps.map(({ id, ...rest }) => ({ web_app_identity: id, ...rest }));
    assert.deepEqual(spelt, row.expected ?? [], row.name);
    assert.deepEqual(warnings, row.warnings, row.name);
    assert.equal(error, row.error, row.name);
  }
});

Deno.test("the vectors of scope_extensions", () => {
  const own = rows.filter(({ kind }) => kind === "manifest-scope_extensions");
  assert.ok(own.length >= 14, `${own.length} rows`);
  for (const row of own) {
    // Wildcards are behind a flag in Chromium, and not meant by the proposal: "known at install time".
    if (row.requires_flag) continue;
    const { manifest, errors } = processManifest(
      row.input,
      "https://foo.com/manifest.json",
      "https://foo.com/index.html",
    );
    const other = notKept.get(row.name);
    assert.deepEqual(manifest.scope_extensions, other ?? row.expected, row.name);
    assert.deepEqual(errors, other ? [] : row.errors, row.name);
  }
});

Deno.test("no kind of vector is passed over", () => {
  const kinds = new Set(rows.map(({ kind }) => kind));
  // The list form ended in 2024: its files are told so. What is fetched is tested where it is fetched.
  assert.deepEqual([...kinds].sort(), [
    "association-file",
    "association-file-old-list",
    "fetcher",
    "manifest-scope_extensions",
  ]);
});

Deno.test("a file of the old list form grants nothing, and is told what to write", () => {
  const own = rows.filter(({ kind, input }) =>
    kind === "association-file-old-list" && input !== "{}"
  );
  assert.ok(own.length >= 2);
  for (const { input } of own) {
    const { apps, advice } = parse(input as string);
    assert.deepEqual(apps, []);
    assert.equal(advice, oldListAdvice);
  }
  assert.equal(parse('{"https://foo.com/":{}}').advice, null);
});

const scopes: [name: string, entry: unknown, errors: string[], origins?: string[]][] = [
  ["trimmed", { type: " origin ", origin: " https://foo.com " }, [], ["https://foo.com"]],
  ["a URL is its origin", { type: "origin", origin: "https://u@foo.com:8443/p?q" }, [], [
    "https://foo.com:8443",
  ]],
  [
    "origin goes before value",
    { type: "origin", origin: "https://a.com", value: "https://b.com" },
    [],
    ["https://a.com"],
  ],
  ["loopback by http", { type: "origin", origin: "http://127.0.0.1:8080" }, [], [
    "http://127.0.0.1:8080",
  ]],
  ["localhost by http", { type: "origin", origin: "http://app.localhost:1" }, [], [
    "http://app.localhost:1",
  ]],
  ["an unknown suffix", { type: "origin", origin: "https://a.example.nosuch" }, [
    "domain of required property 'origin' is invalid.",
  ]],
  ["a private registry", { type: "origin", origin: "https://glitch.me" }, [], [
    "https://glitch.me",
  ]],
  ["too long", { type: "origin", origin: `https://${"a".repeat(2000)}.com` }, [
    "'origin' exceeds maximum character length of 2000 .",
  ]],
  ["numbers for strings", { type: "origin", origin: 7 }, [
    "required properties 'type' and 'origin' are missing.",
  ]],
  ["file", { type: "origin", origin: "file:///etc/passwd" }, [
    "required property 'origin' is invalid.",
  ]],
  ["javascript", { type: "origin", value: "javascript:0" }, [
    "required property 'origin' is invalid.",
  ]],
  ["http on a private address", { type: "origin", origin: "http://192.168.0.1" }, [
    "required property 'origin' must use the https scheme.",
  ]],
];
for (const [name, entry, errors, origins = []] of scopes) {
  Deno.test(`scope_extensions: ${name}`, () => {
    const processed = processManifest(
      { scope_extensions: [entry, entry] },
      "https://foo.com/m",
      "https://foo.com/",
    );
    assert.deepEqual(processed.manifest.scope_extensions.map(({ origin }) => origin), origins);
    const expected = errors.map((error) => `scope_extensions entry ignored, ${error}`);
    assert.deepEqual(processed.errors, [...expected, ...expected]);
  });
}

Deno.test("hosts that can be owned (fetcher: FileUrlIsInvalid)", () => {
  for (const host of ["co.uk", "com", "example.nosuch", "intranet"]) {
    assert.equal(canBeOwned(host), false, host);
  }
  for (const host of ["example.co.uk", "glitch.me", "192.168.0.1", "[::1]"]) {
    assert.equal(canBeOwned(host), true, host);
  }
});

Deno.test("hostile keys harm nothing", () => {
  const text =
    '{"__proto__":{"scope":"/"},"constructor":{},"https://a.example/":{"__proto__":{"scope":"/evil"}}}';
  const { apps, warnings } = parse(text);
  assert.deepEqual(apps, [{
    id: "https://a.example/",
    scope: "https://example.co.uk/",
    allow_migration: false,
  }]);
  assert.equal(warnings.length, 2);
  assert.equal(({} as Record<string, unknown>)["scope"], undefined);
});

Deno.test("a file may have 1,000,000 bytes, and not one more", () => {
  const fill = (bytes: number) => `{}${" ".repeat(bytes - 2)}`;
  assert.equal(parse(fill(maxAssociationBytes)).error, null);
  const error = "The file is larger than 1000000 bytes.";
  assert.equal(parse(fill(maxAssociationBytes + 1)).error, error);
  assert.equal(parse(`"${"\u00fc".repeat(500_000)}"`).error, error, "bytes, not characters");
});

Deno.test("however many entries are wrong, few warnings are kept", () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`x${n}`, {}]));
  assert.equal(parse(JSON.stringify(many)).warnings.length, 50);
});

Deno.test("deep nesting ends no process", () => {
  const deep = 490_000;
  const { apps, error } = parse(`${"[".repeat(deep)}${"]".repeat(deep)}`);
  assert.deepEqual(apps, []);
  assert.ok(error);
  assert.equal(
    parse(`{"https://a.example/":${"[".repeat(deep)}${"]".repeat(deep)}}`).apps.length,
    0,
  );
});

Deno.test("comments stand anywhere but in strings; a comma too many does not", () => {
  assert.equal(
    parse('/* a */ {"https://a.example/" /* // */ : {"scope":"/x//y"}} // end').apps[0]?.scope,
    `${associate}/x//y`,
  );
  assert.match(
    parse('{"https://a.example/":{},}').error ?? "",
    /^line 1, column 26: this is not JSON/,
  );
  assert.match(
    parse('{\n"https://a.example/":').error ?? "",
    /^line 2, column 21: EOF while parsing/,
  );
});

Deno.test("authorize: kept as a list, and unreadable it authorises nothing", () => {
  const authorizeOf = (text: string) =>
    parse(`{"https://a.example/":{"authorize":${text}}}`).apps[0]?.authorize;
  assert.deepEqual(authorizeOf('["intercept-links", 7]'), ["intercept-links"]);
  assert.deepEqual(authorizeOf("[]"), []);
  assert.deepEqual(authorizeOf('"intercept-links"'), []);
  assert.equal(parse('{"https://a.example/":{}}').apps[0]?.authorize, undefined);
});

Deno.test("a scope that is given is always of the file's own origin", () => {
  const scope = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom("//e.vil/", "\\\\e.vil", "/\t/e.vil", "https:e.vil"),
  );
  fc.assert(fc.property(scope, (scope) => {
    const given = parse(JSON.stringify({ "https://a.example/": { scope } })).apps[0]?.scope ?? null;
    assert.ok(given === null || new URL(given).origin === associate);
  }));
});
