/** `GET /admin/v1/policy`: what is in force, from where, and what it overrides. @module */
import { policyView } from "../../../broker/actions/policy_view.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state }) => answerJson(policyView(state.broker)),
});
