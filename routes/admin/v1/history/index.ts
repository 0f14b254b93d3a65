/** `GET /admin/v1/history`: what happened, newest first, a page at a time. @module */
import { historyPage } from "../../../../broker/actions/history_page.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { HistoryQuery } from "../../../../broker/schema/list_query.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ url, state: { broker } }) {
    return answerJson(await historyPage(broker, readQuery(url, HistoryQuery)));
  },
});
