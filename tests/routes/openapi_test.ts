/** The API's description and the files that answer are the same API. @module */
import assert from "node:assert/strict";
import { adminOperations } from "../../broker/http/admin_operations.ts";
import { appOperations } from "../../broker/http/app_operations.ts";
import { openApiDocument } from "../../broker/http/openapi.ts";
import type { Operation } from "../../broker/http/operation.ts";
import { startWebTwin } from "../fakes/web_twin.ts";

const operations: readonly Operation[] = [...appOperations, ...adminOperations];
const routes = new URL("../../routes/", import.meta.url);

async function* filesBelow(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, routes))) {
    if (isDirectory) yield* filesBelow(`${directory}${name}/`);
    else yield directory + name;
  }
}

/** `METHOD /path` of everything below `routes/api` and `routes/admin`. */
async function callsOnDisk(): Promise<string[]> {
  const calls: string[] = [];
  for (const directory of ["api/", "admin/"]) {
    for await (const file of filesBelow(directory)) {
      const { handler } = await import(new URL(file, routes).href);
      const path = `/${
        file.replace(/\.ts$/, "").replace(/\/index$/, "").replaceAll(/\[(\w+)\]/g, "{$1}")
      }`;
      for (const method of Object.keys(handler)) calls.push(`${method} ${path}`);
    }
  }
  return calls;
}

Deno.test("every call on disk is described, and every call described is on disk", async () => {
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(described).size, described.length);
  assert.deepEqual((await callsOnDisk()).sort(), described.sort());
});

Deno.test("every call on disk has handlers of at most 15 lines", async () => {
  for (const directory of ["api/", "admin/"]) {
    for await (const file of filesBelow(directory)) {
      const lines = (await Deno.readTextFile(new URL(file, routes))).split("\n");
      let start = 0;
      for (const [index, line] of lines.entries()) {
        if (/^ {2}(async )?[A-Z]+[(:]/.test(line)) start = index;
        assert.ok(!/^ {2}\},?$/.test(line) || index - start < 15, `${file}:${index + 1}`);
      }
    }
  }
});

Deno.test("the path's parameters are those described", () => {
  for (const { path, params = {} } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys(params), named, path);
  }
});

Deno.test("the document is served, and each of its references leads somewhere", async () => {
  const twin = await startWebTwin();
  const answer = await twin.call("/api/v1/openapi.json");
  assert.equal(answer.status, 200);
  const document = await answer.json();
  assert.equal(document.openapi, "3.1.1");
  assert.deepEqual(document, JSON.parse(JSON.stringify(openApiDocument("0.0.0"))));
  for (const [, reference = ""] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
    const found = reference.split("/").slice(1).reduce((at, key) => at?.[key], document);
    assert.ok(found, reference);
  }
  const ids = new Set<string>();
  for (const path of Object.values<Record<string, { operationId: string }>>(document.paths)) {
    for (const { operationId } of Object.values(path)) {
      assert.equal(ids.has(operationId), false, operationId);
      ids.add(operationId);
    }
  }
  assert.equal(ids.size, operations.length);
  await twin.stop();
});

Deno.test("defaults are optional to send and sure to come", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument("0.0.0")));
  const { requestBody } = document.paths["/api/v1/permissions/request"].post;
  const { required } = requestBody.content["application/json"].schema;
  assert.deepEqual(required, ["capability", "target"]);
});
