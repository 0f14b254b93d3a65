/** `deno task schema`: writes `static/policy.schema.json` from the schema that validates policies. @module */
import { policyJsonSchema } from "../schema/policy_json_schema.ts";

const file = new URL("../../static/policy.schema.json", import.meta.url);
await Deno.writeTextFile(file, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
