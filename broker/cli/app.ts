/** `deno task app add NAME`: makes a program, and prints its token. @module */
import { AddProgramResult } from "../schema/admin_api.ts";
import { askBroker } from "./ask_broker.ts";
import { runCommand } from "./command.ts";
import { UsageError } from "./start_options.ts";

await runCommand("Usage: deno task app add NAME [--data DIR]", async ({ words, dataDirectory }) => {
  const [verb, name, ...rest] = words;
  if (verb !== "add" || name === undefined || rest.length > 0) {
    throw new UsageError("Say `add` and one name; put quotes around a name with spaces.");
  }
  const { token } = AddProgramResult.parse(await askBroker(dataDirectory, "/apps", { name }));
  return token;
});
