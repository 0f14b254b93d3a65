/** `GET /admin/v1/history`: what happened, newest first. @module */
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { HistoryQuery } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ url, state: { broker } }) {
    const { beforeSeq, appId, limit } = readQuery(url, HistoryQuery);
    const entries = await broker.store.history({
      limit,
      ...(beforeSeq !== undefined && { beforeSeq }),
      ...(appId !== undefined && { appId }),
    });
    return answerJson({ entries });
  },
});
