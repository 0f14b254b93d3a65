/** Scope and extended scope, beyond the vectors. @module */
import assert from "node:assert/strict";
import { isWithinExtendedScope, isWithinScope } from "../../../broker/core/app_scope.ts";

const scopeCases: [url: string, scope: string, within: boolean][] = [
  ["https://example.com/prefix-of/x", "https://example.com/prefix", true],
  ["https://example.com/racer/%2e%2e/x", "https://example.com/racer/", false],
  ["https://user:pw@example.com/a", "https://example.com/", true],
  ["http://example.com/", "https://example.com/", false],
  ["https://example.com:443/a", "https://example.com/", true],
  ["data:text/plain,x", "data:text/plain,x", false],
  ["blob:https://example.com/1", "https://example.com/", false],
  ["no url", "https://example.com/", false],
  ["https://example.com/", "no url", false],
];
for (const [url, scope, within] of scopeCases) {
  Deno.test(`${url} is ${within ? "" : "not "}within ${scope}`, () => {
    assert.equal(isWithinScope(url, scope), within);
  });
}

const app = {
  scope: "https://example.com/app/",
  extensions: [
    { scope: "https://example.co.uk/shop/" },
    { scope: "http://127.0.0.1:8080/" },
    { scope: "http://plain.example/" },
  ],
};
const extendedCases: [url: string, within: boolean][] = [
  ["https://example.com/app/x", true],
  ["https://example.com/other", false],
  ["https://example.co.uk/shop/x?y#z", true],
  ["https://example.co.uk/shop", false],
  ["http://example.co.uk/shop/x", false],
  ["https://user@example.co.uk/shop/x", false],
  ["https://example.co.uk:8443/shop/x", false],
  ["http://127.0.0.1:8080/x", true],
  ["http://127.0.0.1:8081/x", false],
  ["http://plain.example/x", false],
  ["https://below.example.co.uk/shop/x", false],
];
for (const [url, within] of extendedCases) {
  Deno.test(`${url} is ${within ? "" : "not "}within the extended scope`, () => {
    assert.equal(isWithinExtendedScope(url, app), within);
    assert.equal(
      isWithinExtendedScope(url, { scope: app.scope, scope_extensions: app.extensions }),
      within,
    );
  });
}

Deno.test("an origin that a manifest names, but that has not agreed, is in no scope", () => {
  const declared = {
    scope: app.scope,
    scope_extensions: [{ origin: "https://bank.example", has_origin_wildcard: true }],
  };
  assert.equal(isWithinExtendedScope("https://bank.example/", declared), false);
  assert.equal(isWithinExtendedScope("https://a.bank.example/", declared), false);
});

Deno.test("a wildcard takes names below its host by https on the usual port alone", () => {
  const wild = {
    scope: app.scope,
    extensions: [{
      scope: "https://foo.com/app",
      origin: "https://foo.com",
      has_origin_wildcard: true,
    }],
  };
  for (
    const [url, within] of [
      ["https://a.b.foo.com/", true],
      ["https://foo.com/other", false],
      ["https://foo.com/app", true],
      ["https://afoo.com/", false],
      ["http://a.foo.com/", false],
      ["https://a.foo.com:8443/", false],
    ] as const
  ) assert.equal(isWithinExtendedScope(url, wild), within, url);
});
