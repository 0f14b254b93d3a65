/** The cookies that an app keeps of its own, by site, each with a form that clears them. @module */
import type { JSX } from "preact";
import type { CookieSites } from "../broker/schema/cookie_jar.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { plural } from "./plural.ts";
import { text } from "./text.ts";

/** What the section takes. */
export interface AppCookiesProps {
  readonly view: CookieSites;
  readonly formToken: string | null;
}

const longestName = 60;
const words = text.apps.cookies;

/** A row for each site, or nothing when there is none. */
export function AppCookies({ view: { sites }, formToken }: AppCookiesProps): JSX.Element | null {
  if (sites.length === 0) return null;
  return (
    <section aria-labelledby="cookies">
      <h2 id="cookies">{words.heading}</h2>
      <p class="muted">{words.hint}</p>
      <form class="group" method="post">
        {formToken !== null && <input type="hidden" name="formToken" value={formToken} />}
        <ul class="controls">
          {sites.map(({ domain, cookies }) => (
            <li key={domain} data-cookies={domain}>
              <button
                class="small"
                type="submit"
                name="clearCookies"
                value={domain}
                aria-label={fillText(words.clearLabel, { site: domain })}
              >
                {words.clear}
              </button>
              <span class="note">
                <span class="mono wrap">
                  <bdi>{plainText(domain, 253)}</bdi>
                </span>{" "}
                {plural(cookies.length, words.count)}:{" "}
                <span class="mono wrap">
                  <bdi>{cookies.map(({ name }) => plainText(name, longestName)).join(", ")}</bdi>
                </span>
              </span>
            </li>
          ))}
        </ul>
      </form>
    </section>
  );
}
