/** `GET /api/v1/network`: facts about the network, for an app that may know them. @module */
import { acceptedApp } from "../../../broker/http/app_access.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { networkFactsFor } from "../../../broker/http/network_call.ts";
import { readQuery } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { NetworkQuery } from "../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ req, url, state: { broker, web } }) {
    const app = acceptedApp(broker, req);
    const gone = AbortSignal.any([req.signal, web.stopping]);
    return answerJson(await networkFactsFor(broker, app, readQuery(url, NetworkQuery), gone));
  },
});
