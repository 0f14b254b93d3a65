/** A process that holds a data directory until its standard input ends. Argument: the directory. @module */
import { openDataDirectory } from "../../../broker/stores/data_directory.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

try {
  const directory = await openDataDirectory(Deno.args[0] ?? "", systemSecrets);
  await directory.announce({ pid: Deno.pid, port: 8737, startedAtMs: Date.now() });
  say("holding");
  for await (const _ of Deno.stdin.readable);
  await directory.close();
} catch (fault) {
  say(fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault));
  Deno.exit(1);
}
