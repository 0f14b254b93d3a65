/** `/api/v1/fetch`: fetches a URL without CORS; the method of the call is that of the request unless the query names another. @module */
import { acceptedApp } from "../../../broker/http/app_access.ts";
import { answerFetch, fetchFor, readFetchCall } from "../../../broker/http/fetch_answer.ts";
import { define, type State } from "../../../broker/http/state.ts";

async function fetchUrl(
  { req, url, state: { broker, web } }: { req: Request; url: URL; state: State },
): Promise<Response> {
  const app = acceptedApp(broker, req);
  const gone = AbortSignal.any([req.signal, web.stopping]);
  const open = await fetchFor(broker, app, readFetchCall(req, url), req.body, gone);
  return answerFetch(open, req.method);
}

/** The methods of this path. */
export const handler = define.handlers({
  GET: fetchUrl,
  POST: fetchUrl,
  PUT: fetchUrl,
  DELETE: fetchUrl,
});
