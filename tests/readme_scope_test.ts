/** The README's table of the Scope Extensions proposal names tests that there are. @module */
import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));

Deno.test("every row of the proposal names a test that there is", async () => {
  const [, section = ""] = readme.split("#### The proposal, row by row");
  const rows = section.split("\n### ")[0]?.split("\n").filter((line) => /^\| \w/.test(line)) ?? [];
  const named = rows.slice(1);
  assert.ok(named.length >= 15, `${named.length} rows`);
  for (const row of named) {
    const [, path = "", title = ""] = /\]\((tests\/[^)]+)\): "([^"]+)"/.exec(row) ?? [];
    const source = await Deno.readTextFile(new URL(path, root));
    assert.ok(source.includes(`Deno.test("${title}"`), `${path} has no test "${title}"`);
  }
});
