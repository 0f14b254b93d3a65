/** `deno task link`: prints a new launch link of the running broker. @module */
import { LaunchLink } from "../schema/admin_api.ts";
import { askBroker } from "./ask_broker.ts";
import { runCommand } from "./command.ts";
import { UsageError } from "./start_options.ts";

await runCommand("Usage: deno task link [--data DIR]", async ({ words, dataDirectory }) => {
  if (words.length > 0) throw new UsageError(`\`${words.join(" ")}\` is one too many.`);
  return LaunchLink.parse(await askBroker(dataDirectory, "/links", {})).url;
});
