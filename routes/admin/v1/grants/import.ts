/** `POST /admin/v1/grants/import`: what a file of permissions would do, or exactly that, done. @module */
import { importGrants } from "../../../../broker/actions/import_grants.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { maxFileBytes, readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { ImportBody } from "../../../../broker/schema/grants_file.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    return answerJson(await importGrants(broker, await readJson(req, ImportBody, maxFileBytes)));
  },
});
