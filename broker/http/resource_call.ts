/** What a call makes a link to a resource of, and which app a link speaks for. @module */
import { ActionError } from "../actions/action_error.ts";
import type { Broker } from "../actions/ports.ts";
import type { ResourceLink } from "../actions/resource_links.ts";
import { HeaderError, headersToSend } from "../core/fetch_headers.ts";
import { FetchWishError, readFetchUrl } from "../core/fetch_url.ts";
import type { App } from "../schema/app.ts";
import type { MakeResourceBody } from "../schema/app_api.ts";

/**
 * The link that an app asks for. What can't be fetched is refused now, and not when a page loads it.
 *
 * @throws ActionError `invalid-body`.
 */
export function resourceLink(broker: Broker, app: App, body: MakeResourceBody): ResourceLink {
  try {
    return {
      appId: app.id,
      url: readFetchUrl(body.url).href,
      headers: headersToSend(body.headers),
      frame: body.frame ?? undefined,
      madeAtMs: broker.clock.nowMs(),
      expiresAtMs: broker.clock.nowMs() + body.expiresInMs,
    };
  } catch (fault) {
    const pointer = fault instanceof HeaderError
      ? `/headers/${fault.index}`
      : fault instanceof FetchWishError
      ? fault.pointer
      : null;
    if (pointer === null) throw fault;
    const detail = (fault as Error).message;
    throw new ActionError("invalid-body", detail, { errors: [{ pointer, detail }] });
  }
}

/**
 * The app of a link. Where the browser says which page loads it, that has to be a page of the app. A link that is older than
 * the app is of one that was uninstalled, and came back.
 *
 * @throws ActionError `not-found`, as for a link that is not good.
 */
export function linkedApp(broker: Broker, link: ResourceLink, request: Request): App {
  const app = broker.store.get("app", link.appId)?.record;
  const origin = request.headers.get("origin");
  const isOfApp = app && app.registeredAtMs <= link.madeAtMs;
  if (isOfApp && (origin === null || origin === app.origin)) return app;
  throw new ActionError("not-found", "This link is no longer good. Make another one.");
}
