/** `GET, POST /admin/v1/apps`: every app; a new program. @module */
import { addProgram } from "../../../../broker/actions/add_program.ts";
import { appView } from "../../../../broker/actions/app_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { AddProgramBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    const apps = [...broker.store.list("app")].map((app) => appView(broker, app));
    return answerJson({ apps });
  },
  async POST({ req, state: { broker } }) {
    const { name } = await readJson(req, AddProgramBody);
    const { app, token } = await addProgram(broker, name);
    return answerJson({ app: appView(broker, app), token }, 201);
  },
});
