/** `POST /admin/v1/sign-out`: signs this browser out. @module */
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ state: { web, signIn } }) {
    const answer = new Response(null, { status: 204 });
    for (const cookie of signIn ? await web.signIns.end(signIn) : []) {
      answer.headers.append("set-cookie", cookie);
    }
    return answer;
  },
});
