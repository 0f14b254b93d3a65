/** `/api/v1/resources/{token}`: loads a resource by its link, and takes a link back. @module */
import { endResourceLink, findResourceLink } from "../../../../broker/actions/resource_links.ts";
import { linkedApp } from "../../../../broker/http/resource_call.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { fetchFor } from "../../../../broker/http/fetch_answer.ts";
import { answerResource, resourceWish } from "../../../../broker/http/resource_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ req, params, state: { broker, web } }) {
    const link = findResourceLink(broker, params["token"] ?? "");
    const app = linkedApp(broker, link, req);
    const gone = AbortSignal.any([req.signal, web.stopping]);
    const open = await fetchFor(broker, app, resourceWish(link, req), null, gone);
    return answerResource(open, app.origin, req.method);
  },
  DELETE({ req, params, state: { broker } }) {
    endResourceLink(broker, acceptedApp(broker, req).id, params["token"] ?? "");
    return new Response(null, { status: 204 });
  },
});
