/** `POST /admin/v1/apps/{id}/revalidate`: looks at an app's manifest, and at who agrees to be part of it, now. @module */
import { checkManifest } from "../../../../../broker/actions/check_manifest.ts";
import { manifestView } from "../../../../../broker/actions/manifest_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker, web } }) {
    const id = readId(params["id"], AppId);
    await checkManifest(broker, id, web.stopping);
    return answerJson(manifestView(broker, id));
  },
});
