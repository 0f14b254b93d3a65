/** Links to resources: short-lived, unguessable URLs by which a page loads what `fetch` would fetch for its app. @module */
import type { AppId } from "../schema/ids.ts";
import type { FetchWish, HeaderPair } from "../schema/fetch.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/** What a link is good for. */
export interface ResourceLink {
  readonly appId: AppId;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly frame: FetchWish["frame"];
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
}

/** How many links one app has at a time. */
export const maxLinksPerApp = 2000;
/** How many characters the links of one app hold at a time, their headers included. */
export const maxLinkLengthPerApp = 4_000_000;

/** Links by the hash of their token; kept as long as the broker itself. */
const linksOf = new WeakMap<Broker["store"], Map<string, ResourceLink>>();

function links(broker: Broker): Map<string, ResourceLink> {
  let all = linksOf.get(broker.store);
  if (!all) linksOf.set(broker.store, all = new Map());
  return all;
}

/**
 * Makes a link.
 *
 * @returns Its token, which is all that it takes to use it.
 * @throws ActionError `queue-full` when the app has too many.
 */
export function makeResourceLink(broker: Broker, link: ResourceLink): string {
  const all = links(broker);
  const nowMs = broker.clock.nowMs();
  for (const [key, { expiresAtMs }] of all) if (expiresAtMs <= nowMs) all.delete(key);
  const own = [...all.values()].filter(({ appId }) => appId === link.appId);
  const length = own.reduce((sum, one) => sum + lengthOf(one), lengthOf(link));
  if (own.length >= maxLinksPerApp || length > maxLinkLengthPerApp) {
    const soonest = Math.min(...own.map(({ expiresAtMs }) => expiresAtMs));
    const what = length > maxLinkLengthPerApp
      ? `The links of this app would hold more than ${maxLinkLengthPerApp} characters.`
      : `This app has ${maxLinksPerApp} links.`;
    throw new ActionError("queue-full", `${what} Give some back.`, {
      retryAfterMs: soonest - nowMs,
    });
  }
  const token = broker.secrets.newToken();
  all.set(broker.secrets.hash(token), link);
  return token;
}

function lengthOf({ url, headers }: ResourceLink): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, url.length);
}

/** The link of a token. Throws ActionError `not-found` when it has none, or none any more. */
export function findResourceLink(broker: Broker, token: string): ResourceLink {
  const link = links(broker).get(broker.secrets.hash(token));
  if (link && broker.clock.nowMs() < link.expiresAtMs) return link;
  throw new ActionError("not-found", "This link is no longer good. Make another one.");
}

/** Takes a link of this app back; does nothing where it has none. */
export function endResourceLink(broker: Broker, appId: AppId, token: string): void {
  const all = links(broker);
  const key = broker.secrets.hash(token);
  if (all.get(key)?.appId === appId) all.delete(key);
}
