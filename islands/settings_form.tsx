/** The settings as a form: sent by script where there is some, and as it stands where there is none. @module */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { saveSettings } from "../components/acts.ts";
import { AdminError } from "../components/admin_client.ts";
import { browserCookieLine, colourSchemes } from "../components/browser_choices.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { readSettings } from "../components/settings_change.ts";
import { SettingsFields, type SettingsFieldsProps } from "../components/settings_fields.tsx";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface SettingsFormProps extends SettingsFieldsProps {
  readonly dashboard: Dashboard;
  /** What the form carries without script; null where such forms are not to be had. */
  readonly formToken: string | null;
}

/** The form. Nothing is saved before its button is pressed. */
export default function SettingsForm(
  { dashboard, formToken, ...fields }: SettingsFormProps,
): JSX.Element {
  const stage = useStage(dashboard);
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const inert = busy || isInert(dashboard);

  async function save(): Promise<void> {
    if (form.current === null || inert) return;
    setBusy(true);
    try {
      const { change, browser } = readSettings(new FormData(form.current));
      await saveSettings(stage, change);
      document.cookie = browserCookieLine(browser);
      const schemes = document.querySelector<HTMLMetaElement>("meta[name=color-scheme]");
      if (schemes !== null) schemes.content = colourSchemes(browser.appearance);
      dispatchEvent(new Event("gatehouse-browser"));
    } catch (fault) {
      // It stands under the heading already.
      if (!(fault instanceof AdminError)) throw fault;
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      ref={form}
      method="post"
      action="/settings"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {formToken !== null && <input type="hidden" name="formToken" value={formToken} />}
      <SettingsFields {...fields} />
      <p class="actions">
        <button type="submit" class="large allow" aria-disabled={inert ? "true" : undefined}>
          {text.settings.save}
        </button>
      </p>
    </form>
  );
}
