/** Where one app may act without being asked about each site: on click, on these sites, on all sites. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AppView } from "../broker/schema/dashboard.ts";
import type { AppId } from "../broker/schema/ids.ts";
import type {
  SiteAccessMode,
  SiteAccessView,
  SiteAccessWish,
} from "../broker/schema/site_access.ts";
import { AdminError } from "../components/admin_client.ts";
import { ConfirmDialog } from "../components/confirm_dialog.tsx";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { GuardedButton } from "../components/guarded_button.tsx";
import { setSiteAccess } from "../components/host_access_acts.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { appName } from "../components/sentence.ts";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

/** The modes, the narrowest first. A schema would bring its whole library into the browser. */
const modes: readonly SiteAccessMode[] = ["on-click", "on-sites", "on-all-sites"];

/** What the island takes. */
export interface SiteAccessProps {
  readonly dashboard: Dashboard;
  readonly appId: AppId;
}

/** The form, or nothing for an app that has nothing to do with sites. What others change meanwhile starts it anew. */
export default function SiteAccess({ dashboard, appId }: SiteAccessProps): JSX.Element | null {
  const { apps, siteAccess } = dashboard.snapshot.value;
  const app = apps.find(({ id }) => id === appId);
  if (app === undefined || siteAccess === null) return null;
  const { declared, sites } = siteAccess;
  if (app.kind !== "extension" && declared.length === 0 && sites.length === 0) return null;
  return (
    <Form key={JSON.stringify(siteAccess)} dashboard={dashboard} app={app} current={siteAccess} />
  );
}

interface FormProps {
  readonly dashboard: Dashboard;
  readonly app: AppView;
  readonly current: SiteAccessView;
}

function Form({ dashboard, app, current }: FormProps): JSX.Element {
  const stage = useStage(dashboard);
  const [mode, setMode] = useState(current.mode);
  const [sites, setSites] = useState(current.sites.join("\n"));
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const words = text.siteAccess;
  const wished = sites.split(/\s+/).filter((site) => site !== "");
  const same = mode === current.mode &&
    (mode !== "on-sites" || wished.join(" ") === current.sites.join(" "));
  const inert = busy || same || isInert(dashboard) || (mode === "on-sites" && wished.length === 0);
  const save = () => {
    const wish: SiteAccessWish = mode === "on-sites" ? { mode, sites: wished } : { mode };
    setBusy(true);
    setError(null);
    void setSiteAccess(stage, app, wish)
      .catch((fault) => setError(fault instanceof AdminError ? fault.detail : String(fault)))
      .finally(() => {
        setBusy(false);
        setConfirming(false);
      });
  };
  const name = { app: appName(app) };
  const broad = mode === "on-all-sites";
  return (
    <section aria-labelledby="site-access" data-site-access={current.mode}>
      <h2 id="site-access">{words.heading}</h2>
      <ul class="controls">
        {modes.map((one) => (
          <li key={one}>
            <label>
              <input
                type="radio"
                name="site-access"
                value={one}
                checked={mode === one}
                disabled={one === "on-all-sites" && current.declared.length === 0}
                aria-describedby={`site-access-${one}`}
                onChange={() => setMode(one)}
              />{" "}
              {words.modes[one]}
            </label>
            <span class="note" id={`site-access-${one}`}>
              {one === "on-all-sites" && current.declared.length === 0
                ? words.undeclared
                : words.hints[one]}
              {one === "on-all-sites" && <Patterns patterns={current.declared} />}
            </span>
            {one === "on-sites" && mode === one && (
              <textarea
                class="mono"
                rows={4}
                cols={60}
                aria-label={words.sites}
                placeholder={words.sitesHint}
                spellcheck={false}
                value={sites}
                onInput={({ currentTarget }) => setSites(currentTarget.value)}
              />
            )}
          </li>
        ))}
      </ul>
      <p>
        <GuardedButton
          shown={`${mode} ${sites}`}
          inert={inert}
          onPress={() => broad ? setConfirming(true) : save()}
        >
          {broad ? words.saveBroad : words.save}
        </GuardedButton>
      </p>
      {error !== null && <p class="field-error" role="alert">{error}</p>}
      {confirming && (
        <ConfirmDialog
          heading={fillText(words.question, name)}
          act={fillText(words.confirm, name)}
          inert={inert}
          onConfirm={save}
          onCancel={() => setConfirming(false)}
        >
          <p>
            <Patterns patterns={current.declared} />
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}

/** Patterns in a row, each the app's own text. */
function Patterns({ patterns }: { readonly patterns: readonly string[] }): JSX.Element {
  return (
    <>
      {patterns.map((pattern) => (
        <span key={pattern} class="mono wrap">
          {" "}
          <bdi>{plainText(pattern)}</bdi>
        </span>
      ))}
    </>
  );
}
