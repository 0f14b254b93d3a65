/** One app by its id. @module */
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/**
 * The app with this id.
 *
 * @throws ActionError `not-found`.
 */
export function findApp(broker: Pick<Broker, "store">, id: AppId): App {
  const app = broker.store.get("app", id)?.record;
  if (!app) {
    throw new ActionError("not-found", "There is no such app; it may have been uninstalled.");
  }
  return app;
}
