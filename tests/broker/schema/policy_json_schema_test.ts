/** The published JSON Schema of the policy is up to date, closed, and describes every key. @module */
import assert from "node:assert/strict";
import { policyJsonSchema } from "../../../broker/schema/policy_json_schema.ts";

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; items?: Schema };

Deno.test("static/policy.schema.json is what `deno task schema` writes", async () => {
  const file = new URL("../../../static/policy.schema.json", import.meta.url);
  const published = JSON.parse(await Deno.readTextFile(file));
  assert.deepEqual(published, policyJsonSchema(), "run `deno task schema`");
});

/** Calls `visit` with every schema of an object below the policy, and where it stands. */
function visitObjects(schema: Schema, path: string, visit: (at: Schema, path: string) => void) {
  if (schema.items) visitObjects(schema.items, `${path}[]`, visit);
  if (!schema.properties) return;
  visit(schema, path);
  for (const [key, member] of Object.entries(schema.properties)) {
    visitObjects(member, `${path}.${key}`, visit);
  }
}

Deno.test("an editor finds misspelt keys, and has words for every right one", () => {
  const { properties } = policyJsonSchema() as Schema;
  const policy = properties?.["permissionBroker"];
  assert.ok(policy);
  let objects = 0;
  visitObjects(policy, "permissionBroker", (schema, path) => {
    objects++;
    assert.equal(schema["additionalProperties"], false, `${path} lets any key pass`);
    for (const [key, member] of Object.entries(schema.properties ?? {})) {
      assert.ok(member["description"], `${path}.${key} has no description`);
    }
  });
  assert.ok(objects >= 12, `${objects} objects`);
});
