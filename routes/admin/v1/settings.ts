/** `GET, PUT /admin/v1/settings`: what the person sets for the whole broker. @module */
import { currentSettings } from "../../../broker/actions/current_settings.ts";
import { setMode } from "../../../broker/actions/set_mode.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { SettingsBody } from "../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state }) => answerJson({ mode: currentSettings(state.broker).mode }),
  async PUT({ req, state: { broker } }) {
    const { mode } = await setMode(broker, (await readJson(req, SettingsBody)).mode);
    return answerJson({ mode });
  },
});
