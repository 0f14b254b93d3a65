/** `deno task explain APP CAPABILITY TARGET [--json]`: says what would be decided, and why. @module */
import { capabilities, Capability } from "../schema/capability.ts";
import { PersonExplanation } from "../schema/explanation.ts";
import { askBroker } from "./ask_broker.ts";
import { runCommand } from "./command.ts";
import { explanationText } from "./explanation_text.ts";
import { UsageError } from "./start_options.ts";

const usage = `Usage: deno task explain APP CAPABILITY TARGET [--json] [--data DIR]

  APP         an id, an origin, a manifest id or a name
  CAPABILITY  one of ${capabilities.join(", ")}
  TARGET      host:port, a match pattern, or *`;

await runCommand(usage, async ({ words, dataDirectory, json }) => {
  const [app, capabilityText, target, ...rest] = words;
  if (app === undefined || target === undefined || rest.length > 0) {
    throw new UsageError("Say APP, CAPABILITY and TARGET; put quotes around what has spaces or *.");
  }
  const capability = Capability.safeParse(capabilityText);
  if (!capability.success) throw new UsageError(`\`${capabilityText}\` is no capability.`);
  const body = { app, capability: capability.data, target };
  const answer = PersonExplanation.parse(await askBroker(dataDirectory, "/explain", body));
  return json ? JSON.stringify(answer, null, 2) : explanationText(answer);
});
