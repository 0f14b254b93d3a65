/** The JSON Schema of the policy, made from the schema that validates it, for editors to complete and check by. @module */
import { z } from "zod";
import { PolicyFile } from "./policy_file.ts";

/**
 * A schema (draft 7, which every editor understands) of a file that holds a policy under `permissionBroker`: a `deno.json`,
 * whose other keys are Deno's own.
 */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...policy } = z.toJSONSchema(PolicyFile, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "Gatehouse policy",
    description: "The organisation's policy, in deno.json or in the file of --config",
    type: "object",
    properties: { permissionBroker: policy },
  };
}
