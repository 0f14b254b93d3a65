/** `/apps/[id]/icon`: an app's icon, as drawn anew here; its URL changes with the picture. @module */
import { HttpError } from "fresh";
import { readId } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { AppId } from "../../../broker/schema/ids.ts";

/** Answers the picture to the dashboard alone, as every page is. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    const icon = broker.store.get("icon", readId(params["id"], AppId))?.record;
    if (!icon) throw new HttpError(404);
    return new Response(Uint8Array.fromBase64(icon.png), {
      headers: { "content-type": "image/png", "cache-control": "private, max-age=86400" },
    });
  },
});
