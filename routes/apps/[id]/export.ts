/** `/apps/[id]/export`: everything that is held about an app, as a file to keep. @module */
import { exportApp } from "../../../broker/actions/export_app.ts";
import { readId } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { AppId } from "../../../broker/schema/ids.ts";

/** Answers the file. */
export const handler = define.handlers({
  async GET({ params, state: { broker } }) {
    const id = readId(params["id"], AppId);
    return new Response(`${JSON.stringify(await exportApp(broker, id), null, 2)}\n`, {
      headers: {
        "content-type": "application/json",
        "content-disposition": `attachment; filename="gatehouse-${id}.json"`,
      },
    });
  },
});
