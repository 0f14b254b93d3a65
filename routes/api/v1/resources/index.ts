/** `POST /api/v1/resources`: makes a link by which a page loads what its app may fetch. @module */
import { makeResourceLink } from "../../../../broker/actions/resource_links.ts";
import { installedCaller } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { resourceLink } from "../../../../broker/http/resource_call.ts";
import { define } from "../../../../broker/http/state.ts";
import { MakeResourceBody } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, url, state: { broker } }) {
    const { app } = installedCaller(broker, req);
    const link = resourceLink(broker, app, await readJson(req, MakeResourceBody));
    const token = makeResourceLink(broker, link);
    const { expiresAtMs } = link;
    return answerJson({ url: `${url.origin}/api/v1/resources/${token}`, expiresAtMs }, 201);
  },
});
