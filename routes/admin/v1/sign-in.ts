/** `POST /admin/v1/sign-in`: a launch link is used up, and a browser signed in. @module */
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { SignInBody } from "../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, url, state: { web } }) {
    const { token } = await readJson(req, SignInBody);
    if (!web.launchLinks.redeem(token)) {
      throw new ActionError(
        "launch-link-spent",
        "A launch link works once, for five minutes. Get a new one with `deno task link`.",
      );
    }
    const { result, cookies } = await web.signIns.start(req.headers, url.host);
    const answer = answerJson(result);
    for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
    return answer;
  },
});
