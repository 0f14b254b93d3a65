/** URLs for `src` and `href` of what an app may fetch: images, media, styles and fonts of other sites. @module */
import type { MadeResource } from "../schema/app_api.ts";
import type { BrokerApi } from "./broker_api.ts";
import type { Environment } from "./environment.ts";

/** How a resource URL is made. */
export interface ResourceUrlOptions {
  /** How long it is good, in milliseconds: from a second to a day; ten minutes when absent. */
  expiresInMs?: number;
  /** Headers that are sent with every load. */
  headers?: HeadersInit;
}

/** What `Gatehouse.createResourceUrl` does. */
export async function createResourceUrl(
  api: BrokerApi,
  environment: Environment,
  url: string | URL,
  { expiresInMs, headers }: ResourceUrlOptions,
): Promise<string> {
  const frame = environment.frame();
  const body = {
    url: new URL(url, environment.pageUrl ?? undefined).href,
    ...(headers && { headers: [...new Headers(headers)] }),
    ...(expiresInMs !== undefined && { expiresInMs }),
    ...(frame && { frame }),
  };
  const made = await api.call<MadeResource>("POST", "/resources", { body });
  return made.url;
}

/** What `Gatehouse.revokeResourceUrl` does. */
export async function revokeResourceUrl(api: BrokerApi, resourceUrl: string): Promise<void> {
  const token = new URL(resourceUrl).pathname.split("/").at(-1) ?? "";
  await api.call("DELETE", `/resources/${encodeURIComponent(token)}`);
}
