/** `deno task types`: writes the types that are published with the SDK, `static/sdk.d.ts` and `static/sdk/node.d.ts`. @module */
import { publishedModules } from "./published_modules.ts";
import { publishedTypes } from "./sdk_types.ts";

for (const [name, text] of Object.entries(publishedTypes(publishedModules))) {
  const file = new URL(`../../static/${name}`, import.meta.url);
  await Deno.writeTextFile(file, text);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "-q", file.pathname],
  })
    .output();
  if (!success) throw new Error(`${name} could not be formatted`);
}
