/** Who is calling: an app's token, and the origin that it must come from. @module */
import { equalInConstantTime } from "../core/constant_time.ts";
import type { App, Credential } from "../schema/app.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/** The app behind a call, and the credential that it showed. */
export interface Caller {
  app: App;
  credential: Credential;
}

/**
 * Finds the app whose token this is. A web app or an extension must come from its own origin, a program from none.
 * Whether the app is installed is not asked here.
 *
 * @throws ActionError `token-missing`, `token-unknown`, `origin-not-allowed`.
 */
export function authenticateApp(
  broker: Broker,
  shown: { token: string | null; origin: string | null },
): Caller {
  if (shown.token === null) {
    throw new ActionError(
      "token-missing",
      "Send the app token as `Authorization: Bearer TOKEN`. `POST /api/v1/apps` gives one.",
    );
  }
  const app = broker.store.get("app", shown.token.split(".", 1)[0] ?? "")?.record;
  const hash = broker.secrets.hash(shown.token);
  const credential = app?.credentials.find((held) => equalInConstantTime(hash, held.tokenHash));
  if (!app || !credential) {
    throw new ActionError(
      "token-unknown",
      "This token is not, or no longer, valid. Register again with `POST /api/v1/apps`.",
    );
  }
  if (app.origin !== shown.origin) {
    throw new ActionError(
      "origin-not-allowed",
      app.origin === null
        ? "This token belongs to a program; a web page can't use it."
        : "This token belongs to another origin.",
    );
  }
  return { app, credential };
}
