/** `GET, PUT /admin/v1/settings`: what the person sets for the whole broker. @module */
import { changeSettings, settingsView } from "../../../broker/actions/change_settings.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { SettingsChange } from "../../../broker/schema/settings.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state }) => answerJson(settingsView(state.broker)),
  async PUT({ req, state: { broker } }) {
    return answerJson(await changeSettings(broker, await readJson(req, SettingsChange)));
  },
});
