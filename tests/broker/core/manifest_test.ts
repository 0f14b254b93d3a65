/** Manifests: every vector that the design keeps, and everything that can be wrong with a file. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isWithinExtendedScope, isWithinScope } from "../../../broker/core/app_scope.ts";
import { processManifest } from "../../../broker/core/manifest.ts";
import { Manifest } from "../../../broker/schema/manifest.ts";
import { readVectors } from "./vectors.ts";

interface Row {
  kind: string;
  json?: Record<string, unknown>;
  id?: unknown;
  start_url?: string;
  manifest_url?: string;
  document_url?: string;
  expected: string | boolean | null;
  errors?: string[];
  target?: string;
  scope?: string;
  app_scope?: string;
  extensions?: { scope: string; origin?: string; has_origin_wildcard: boolean }[];
  url?: string;
}

const rows = await readVectors<Row>("manifest-id-scope.json");

/** What each kind of row asks, and how many rows there are of it at least. */
const kinds: Record<string, { atLeast: number; check: (row: Row) => void }> = {
  "id": {
    atLeast: 6,
    check({ id, start_url = "", expected }) {
      const json = { start_url, ...(id !== null && { id }) };
      const { manifest } = processManifest(json, new URL("/manifest.json", start_url), start_url);
      assert.equal(manifest.id, expected);
    },
  },
  "start_url": {
    atLeast: 5,
    check({ json, manifest_url = "", document_url = "", expected, errors }) {
      const processed = processManifest(json, manifest_url, document_url);
      // Chromium has no start URL where the specification takes the document's: the design keeps the latter.
      assert.equal(processed.manifest.start_url, expected ?? document_url);
      assert.deepEqual(processed.errors, errors);
    },
  },
  "scope": {
    atLeast: 6,
    check({ json, manifest_url = "", document_url = "", expected, errors }) {
      const processed = processManifest(JSON.stringify(json), manifest_url, document_url);
      assert.equal(processed.manifest.scope, expected);
      assert.deepEqual(processed.errors, errors);
    },
  },
  "within-scope": {
    atLeast: 6,
    check: ({ target = "", scope = "", expected }) =>
      assert.equal(isWithinScope(target, scope), expected),
  },
  "within-extended-scope": {
    atLeast: 4,
    check: ({ url = "", app_scope = "", extensions = [], expected }) =>
      assert.equal(isWithinExtendedScope(url, { scope: app_scope, extensions }), expected),
  },
};

for (const [kind, { atLeast, check }] of Object.entries(kinds)) {
  Deno.test(`the vectors of ${kind}`, () => {
    const own = rows.filter((row) => row.kind === kind);
    assert.ok(own.length >= atLeast, `${own.length} rows`);
    for (const row of own) check(row);
  });
}

Deno.test("no vector is passed over", () => {
  assert.deepEqual([...new Set(rows.map(({ kind }) => kind))].sort(), Object.keys(kinds).sort());
});

const manifestUrl = "https://mail.example.com/app/manifest.json";
const documentUrl = "https://mail.example.com/app/index.html?x#y";
const process = (json: unknown) => processManifest(json, manifestUrl, documentUrl);

const idCases: [name: string, json: Record<string, unknown>, id: string][] = [
  ["nothing at all", {}, "https://mail.example.com/app/index.html?x"],
  ["empty id", { id: "", start_url: "s" }, "https://mail.example.com/app/s"],
  ["no scheme, no path", { id: "../../foo" }, "https://mail.example.com/foo"],
  ["with query", { id: "foo?x=y" }, "https://mail.example.com/foo?x=y"],
  ["emoji", { id: "\u{1F600}" }, "https://mail.example.com/%F0%9F%98%80"],
  [
    "another port",
    { id: "https://mail.example.com:444/", start_url: "/s" },
    "https://mail.example.com/s",
  ],
  [
    "another scheme",
    { id: "http://mail.example.com/", start_url: "/s" },
    "https://mail.example.com/s",
  ],
  ["no URL", { id: "https://", start_url: "/s" }, "https://mail.example.com/s"],
  [
    "another origin's start_url too",
    { id: "https://evil.test/", start_url: "https://evil.test/" },
    "https://mail.example.com/app/index.html?x",
  ],
];
for (const [name, json, id] of idCases) {
  Deno.test(`id: ${name}`, () => assert.equal(process(json).manifest.id, id));
}

Deno.test("a scope that does not hold the start URL is the default one", () => {
  const { manifest, errors } = process({ scope: "/other/", start_url: "/app/start?q#h" });
  assert.equal(manifest.scope, "https://mail.example.com/app/");
  assert.deepEqual(errors, [
    "property 'scope' ignored. Start url should be within scope of scope URL.",
  ]);
  assert.equal(
    process({ scope: "", start_url: "/a/b" }).manifest.scope,
    "https://mail.example.com/a/",
  );
  assert.equal(
    process({ scope: "https://[", start_url: "/a/b" }).errors[0],
    "property 'scope' ignored, URL is invalid.",
  );
});

const badFiles: [name: string, json: unknown, error: string][] = [
  ["not JSON", "<html>", "Line: 1, column: 1, Syntax error."],
  ["cut off", '{"name":\n', "Line: 2, column: 1, Syntax error."],
  ["empty", "", "Line: 1, column: 1, Syntax error."],
  ["a list", "[]", "root element must be a valid JSON object."],
  ["null", "null", "root element must be a valid JSON object."],
  ["a number", 7, "root element must be a valid JSON object."],
];
for (const [name, json, error] of badFiles) {
  Deno.test(`a file that is ${name} counts as empty`, () => {
    const { manifest, errors } = process(json);
    assert.deepEqual(errors, [error]);
    assert.deepEqual(manifest, process({}).manifest);
  });
}

Deno.test("wrong types everywhere: each member is told, and none is taken", () => {
  for (const wrong of [5, true, null, {}, [[]], 1e400]) {
    const members = ["id", "start_url", "scope", "name", "short_name"];
    const lists = ["icons", "scope_extensions", "permission_requests", "host_permissions"];
    const json = Object.fromEntries([...members, ...lists].map((member) => [member, wrong]));
    const { manifest, errors } = process(json);
    assert.deepEqual(manifest, process({}).manifest, JSON.stringify(wrong));
    for (const member of members) {
      assert.ok(errors.includes(`property '${member}' ignored, type string expected.`), member);
    }
    assert.ok(errors.length >= members.length + 3, errors.join("\n"));
  }
});

Deno.test("hostile keys are keys like any other", () => {
  const { manifest } = process(
    '{"__proto__":{"name":"Evil"},"constructor":{"prototype":{"id":"x"}},"start_url":"/s"}',
  );
  assert.equal(manifest.name, null);
  assert.equal(({} as Record<string, unknown>)["name"], undefined);
  assert.equal(manifest.id, "https://mail.example.com/s");
});

Deno.test("names are made plain, cut and flagged", () => {
  const { manifest } = process({ name: "Pay\u202ePal", short_name: "x".repeat(10_000) });
  assert.equal(manifest.name, "PayPal");
  assert.equal([...manifest.short_name ?? ""].length, 60);
  assert.deepEqual(manifest.name_flags, ["unseen-characters", "too-long"]);
});

Deno.test("permission_requests: what is wrong is told with its path, the rest is kept", () => {
  const { manifest, errors } = process({
    permission_requests: [
      {
        capability: "tcp-connect",
        targets: ["IMAP.Example.com:993", "imap.example.com:993", "nonsense"],
        reason: "Your mail",
      },
      { capability: "tcp", targets: ["a:1"] },
      { capability: "host-access", targets: "https://*/*" },
      { capability: "host-access", targets: ["https://*.example.com/*"], reason: "r".repeat(141) },
      { capability: "network-info", targets: ["*", 7] },
      "tcp-connect",
      { capability: "udp-send", targets: [] },
    ],
  });
  assert.deepEqual(manifest.permission_requests, [
    { capability: "tcp-connect", targets: ["imap.example.com:993"], reason: "Your mail" },
    { capability: "host-access", targets: ["https://*.example.com/*"], reason: null },
    { capability: "network-info", targets: ["*"], reason: null },
  ]);
  assert.deepEqual(errors.map((error) => error.split(":", 1)[0]), [
    "permission_requests[0].targets[2]",
    "permission_requests[1].capability",
    "permission_requests[2].targets",
    "permission_requests[3].reason",
    "permission_requests[4].targets[1]",
    "permission_requests[5]",
    "permission_requests[6].targets",
  ]);
});

Deno.test("the sites of an extension: permissions, optional ones, content scripts", () => {
  const { manifest, errors } = process({
    host_permissions: ["https://*.example.com/*", "nonsense", 4],
    optional_host_permissions: ["*://*/*"],
    content_scripts: [{ matches: ["https://a.example/*"] }, { matches: 1 }, null, {}],
  });
  assert.deepEqual(manifest.host_permissions, ["https://*.example.com/*"]);
  assert.deepEqual(manifest.optional_host_permissions, ["*://*/*"]);
  assert.deepEqual(manifest.content_script_matches, ["https://a.example/*"]);
  assert.deepEqual(errors.map((error) => error.split(/[:,]/, 1)[0]), [
    "host_permissions[1]",
    "host_permissions[2]",
    "property 'content_scripts[1].matches' ignored",
    "property 'content_scripts[2].matches' ignored",
    "property 'content_scripts[3].matches' ignored",
  ]);
});

Deno.test("icons: resolved, for any purpose, with their longest side", () => {
  const { manifest } = process({
    icons: [
      { src: "icon.png", sizes: "48x48 96X72 any", type: "image/png" },
      { src: "/mask.png", purpose: "maskable" },
      { src: "https://cdn.example/both.png", purpose: "maskable any", sizes: "any" },
      { sizes: "1x1" },
      "icon.png",
    ],
  });
  assert.deepEqual(manifest.icons, [
    { src: "https://mail.example.com/app/icon.png", type: "image/png", side: 96 },
    { src: "https://cdn.example/both.png", type: null, side: null },
  ]);
});

Deno.test("whatever a file holds, what is kept fits its schema, and its own scope", () => {
  const long = fc.constantFrom(
    "x".repeat(10_000),
    "https://a.example/" + "y".repeat(3000),
    "/z",
    "a.example:1",
  );
  const value = fc.jsonValue({ maxDepth: 3 });
  const member = fc.oneof(
    value,
    long,
    fc.array(
      fc.oneof(
        value,
        long,
        fc.record({ type: fc.constant("origin"), origin: fc.webUrl() }),
        fc.record({ src: long, sizes: fc.string(), type: long }),
        fc.record({
          capability: fc.constant("tcp-connect"),
          targets: fc.array(long),
          reason: long,
        }),
        fc.record({ matches: fc.array(long) }),
      ),
      { maxLength: 60 },
    ),
  );
  const names = [...Object.keys(Manifest.shape), "content_scripts"];
  fc.assert(
    fc.property(
      fc.record(Object.fromEntries(names.map((name) => [name, member])), { requiredKeys: [] }),
      (json) => {
        const { manifest, errors } = process(JSON.stringify(json));
        Manifest.parse(manifest);
        assert.ok(errors.length <= 50);
        assert.equal(new URL(manifest.id).origin, "https://mail.example.com");
        assert.ok(isWithinScope(manifest.start_url, manifest.scope));
      },
    ),
  );
});
