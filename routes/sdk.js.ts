/** `GET /sdk.js`: what runs inside an app. Any page may load it; it carries no secret. @module */
import { define } from "../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, state: { web: { sdk } } }) {
    const headers = {
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      // Kept, but asked for again each time: an old SDK must not outlive an update of the broker.
      "cache-control": "no-cache",
      etag: sdk.etag,
    };
    const known = req.headers.get("if-none-match")?.split(",").map((tag) => tag.trim()) ?? [];
    if (known.includes(sdk.etag)) return new Response(null, { status: 304, headers });
    return new Response(sdk.code, { headers });
  },
});
