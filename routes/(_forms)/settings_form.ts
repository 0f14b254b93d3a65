/** The settings as a plain form sends them: done by the same action as with script, and where to go from there. @module */
import { ActionError } from "../../broker/actions/action_error.ts";
import { changeSettings } from "../../broker/actions/change_settings.ts";
import type { Broker } from "../../broker/actions/ports.ts";
import { browserCookieLine } from "../../components/browser_choices.ts";
import { readSettings } from "../../components/settings_change.ts";

/**
 * Saves what the form says.
 *
 * @returns Where to go on to, and the cookie for what the browser keeps itself.
 */
export async function saveByForm(
  broker: Broker,
  form: URLSearchParams,
): Promise<{ readonly location: string; readonly cookie: string | null }> {
  const { change, browser } = readSettings(form);
  try {
    await changeSettings(broker, change);
  } catch (fault) {
    if (!(fault instanceof ActionError)) throw fault;
    return {
      location: `/settings?${new URLSearchParams({ problem: fault.detail })}`,
      cookie: null,
    };
  }
  return { location: "/settings?done=saved", cookie: browserCookieLine(browser) };
}
