/** Registering an app with the broker, and waiting until a person has installed it. @module */
import type { OwnApp, RegisterAppBody, RegisterAppResult } from "../schema/app_api.ts";
import type { BrokerApi } from "./broker_api.ts";

/** How long one long poll for the installation may take, in milliseconds. */
const waitTimeoutMs = 25_000;

/** Where the token of an app is kept in `localStorage`: one for each broker and app of this origin. */
function storageKey(origin: string, manifestId: string | undefined): string {
  return `gatehouse ${origin} ${manifestId ?? ""}`.trimEnd();
}

/**
 * Registers this app, with the token that is kept from last time if there is one, and keeps the token that it gets.
 *
 * @throws DOMException as `BrokerApi.call` does.
 */
export async function registerApp(
  api: BrokerApi,
  body: RegisterAppBody,
  signal?: AbortSignal,
): Promise<OwnApp> {
  const { storage } = api.environment;
  const key = storageKey(api.origin, body.manifestId);
  api.token = storage?.getItem(key) ?? null;
  const frame = api.environment.frame();
  const { app, token } = await api.call<RegisterAppResult>("POST", "/apps", {
    body: { ...body, ...(frame && { frame }) },
    signal,
  });
  if (token !== null) {
    api.token = token;
    storage?.setItem(key, token);
  }
  return app;
}

/**
 * Takes up an app whose token is given: a program, or a worker of a page that has registered.
 *
 * @throws DOMException as `BrokerApi.call` does.
 */
export function resumeApp(api: BrokerApi, token: string, signal?: AbortSignal): Promise<OwnApp> {
  api.token = token;
  return api.call<OwnApp>("GET", "/apps/me", { signal });
}

/**
 * Waits until the person has installed the app.
 *
 * @throws DOMException `NotAllowedError` when the person refused it.
 */
export async function waitForInstallation(
  api: BrokerApi,
  app: OwnApp,
  signal: AbortSignal,
): Promise<OwnApp> {
  let current = app;
  while (current.state === "pending-installation") {
    const path = `/apps/me/wait?timeoutMs=${waitTimeoutMs}`;
    current = await api.call<OwnApp>("GET", path, { signal });
  }
  return current;
}
