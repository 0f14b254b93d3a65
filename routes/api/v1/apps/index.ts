/** `POST /api/v1/apps`: an app says who it is. @module */
import { ownApp } from "../../../../broker/actions/own_app.ts";
import { registerApp } from "../../../../broker/actions/register_app.ts";
import { bearerToken } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { RegisterAppBody } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const body = await readJson(req, RegisterAppBody);
    const { app, credential, token } = await registerApp(broker, {
      ...body,
      origin: req.headers.get("origin"),
      token: bearerToken(req.headers),
    });
    return answerJson({ app: ownApp(app, credential), token }, token === null ? 200 : 201);
  },
});
