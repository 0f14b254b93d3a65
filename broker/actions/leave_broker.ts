/** Leaving: an app goes of its own accord, as far as the token reaches that it does so with. @module */
import type { Caller } from "./authenticate_app.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";
import { uninstallApp } from "./uninstall_app.ts";

/**
 * Ends everything of an app, or, by a token that no person has accepted yet while the app has others, that token alone.
 *
 * @throws ActionError `not-found` when the app is gone already.
 */
export async function leaveBroker(broker: Broker, { app, credential }: Caller): Promise<void> {
  const isLeft = await transact(broker, () => {
    const stored = broker.store.get("app", app.id);
    const others = stored?.record.credentials.filter(({ id }) => id !== credential.id) ?? [];
    if (!stored || credential.state === "active" || others.length === 0) {
      return { batch: null, result: false };
    }
    return {
      batch: {
        checks: [{ noun: "app", id: app.id, version: stored.version }],
        puts: [{ noun: "app", id: app.id, record: { ...stored.record, credentials: others } }],
      },
      result: true,
    };
  });
  if (!isLeft) await uninstallApp(broker, app.id, "app");
}
