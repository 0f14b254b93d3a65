/** Which app may take links to which URLs: its own scope, and those that other origins let it take. @module */
import type { LinkCapture } from "../schema/manifest.ts";
import type { Broker } from "./ports.ts";

/** Every such app that is installed and whose manifest its own origin serves, by scope. */
export function linkCaptures({ store }: Pick<Broker, "store">): LinkCapture[] {
  const captures: LinkCapture[] = [];
  for (const { id: appId, claims: { name: appName }, state } of store.list("app")) {
    const record = store.get("manifest", appId)?.record;
    if (state !== "installed" || !record?.manifest) continue;
    captures.push({ appId, appName, scope: record.manifest.scope, agreedBy: null });
    for (const { origin, scope, capturesLinks } of record.extensions) {
      if (capturesLinks && scope !== null) {
        captures.push({ appId, appName, scope, agreedBy: origin });
      }
    }
  }
  return captures.sort((a, b) => a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0);
}
