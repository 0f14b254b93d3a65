/** The cookies that an app keeps of its own, by site, each to be cleared. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CookieSites } from "../broker/schema/cookie_jar.ts";
import type { AppId } from "../broker/schema/ids.ts";
import { ActButton } from "../components/act_button.tsx";
import { clearCookies } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { plural } from "../components/plural.ts";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface AppCookiesProps {
  readonly dashboard: Dashboard;
  readonly appId: AppId;
  /** The cookies when the page was made. */
  readonly view: CookieSites;
}

const longestName = 60;

/** A row for each site, or nothing when there is none. */
export default function AppCookies(
  { dashboard, appId, view }: AppCookiesProps,
): JSX.Element | null {
  const stage = useStage(dashboard);
  const [{ sites }, setShown] = useState(view);
  const [busy, setBusy] = useState(false);
  const app = dashboard.snapshot.value.apps.find(({ id }) => id === appId);
  if (app === undefined || sites.length === 0) return null;
  const words = text.apps.cookies;
  const clear = (domain: string) => {
    setBusy(true);
    // A failure stands under the heading already.
    void clearCookies(stage, app, domain).then(setShown, () => {}).finally(() => setBusy(false));
  };
  return (
    <section aria-labelledby="cookies">
      <h2 id="cookies">{words.heading}</h2>
      <p class="muted">{words.hint}</p>
      <div class="group">
        <ul class="controls">
          {sites.map(({ domain, cookies }) => (
            <li key={domain} data-cookies={domain}>
              <ActButton
                class="small"
                inert={busy || isInert(dashboard)}
                label={fillText(words.clearLabel, { site: domain })}
                onPress={() => clear(domain)}
              >
                {words.clear}
              </ActButton>
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
      </div>
    </section>
  );
}
