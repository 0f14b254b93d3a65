/** Waiting for a person to install an app. @module */
import type { OwnApp } from "../schema/app_api.ts";
import type { AppId, CredentialId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { ownApp } from "./own_app.ts";
import type { Broker } from "./ports.ts";

/**
 * Resolves once this credential of the app is no longer pending, or when `signal` aborts, with the app as it then stands.
 *
 * @throws ActionError `token-unknown` when the app is refused or uninstalled meanwhile.
 */
export function awaitInstallation(
  broker: Broker,
  appId: AppId,
  credentialId: CredentialId,
  signal: AbortSignal,
): Promise<OwnApp> {
  const read = (): OwnApp => {
    const app = broker.store.get("app", appId)?.record;
    const credential = app?.credentials.find((held) => held.id === credentialId);
    if (!app || !credential) {
      throw new ActionError("token-unknown", "The person refused to install this app.");
    }
    return ownApp(app, credential);
  };
  return new Promise((resolve, reject) => {
    const settle = (final: boolean) => {
      try {
        const own = read();
        if (!final && own.state === "pending-installation") return;
        stop();
        resolve(own);
      } catch (fault) {
        stop();
        reject(fault);
      }
    };
    const aborted = () => settle(true);
    const unsubscribe = broker.store.subscribe(() => settle(false));
    const stop = () => {
      unsubscribe();
      signal.removeEventListener("abort", aborted);
    };
    signal.addEventListener("abort", aborted, { once: true });
    settle(signal.aborted);
  });
}
