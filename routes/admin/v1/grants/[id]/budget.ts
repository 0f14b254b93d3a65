/** `POST /admin/v1/grants/{id}/budget`: puts a grant with another budget in the place of this one. @module */
import { setBudget } from "../../../../../broker/actions/set_budget.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { SetBudgetBody } from "../../../../../broker/schema/admin_api.ts";
import { GrantId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, params, state: { broker } }) {
    const { budget } = await readJson(req, SetBudgetBody);
    return answerJson(await setBudget(broker, readId(params["id"], GrantId), budget));
  },
});
