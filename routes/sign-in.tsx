/** `/sign-in`: where launch links lead. The token is in the URL's fragment, which only this page's script sees. @module */
import { page } from "fresh";
import { probeCookie, setCookie } from "../broker/http/cookies.ts";
import { define } from "../broker/http/state.ts";
import SignIn from "../islands/sign_in.tsx";

const probeLifetimeSeconds = 10 * 60;

/** Sends a cookie along that tells, when it comes back, which name the browser takes for the real one. */
export const handler = define.handlers({
  GET: () =>
    page(null, { headers: { "set-cookie": setCookie(probeCookie, "1", probeLifetimeSeconds) } }),
});

/** The page: what happens is said by the island. */
export default define.page(() => (
  <main class="alone">
    <h1>Gatehouse</h1>
    <SignIn />
    <noscript>
      <p>
        Signing in needs JavaScript, because the link keeps its secret where only a script can read
        it.
      </p>
    </noscript>
  </main>
));
