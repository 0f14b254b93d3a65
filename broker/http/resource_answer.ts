/** A resource by its URL: what `<img>`, `<audio>`, `<video>` and stylesheets load of another site, and no document ever. @module */
import { ActionError } from "../actions/action_error.ts";
import type { OpenFetch } from "../actions/fetch_session.ts";
import type { ResourceLink } from "../actions/resource_links.ts";
import type { FetchWish, HeaderPair } from "../schema/fetch.ts";
import { streamOf } from "./fetch_answer.ts";

/** What a browser may load a resource as (Fetch, "destination"); `empty` is a script's own fetch. */
const destinations: ReadonlySet<string> = new Set([
  ...["image", "audio", "video", "track", "style", "font", "empty"],
]);

/** What a player or a cache asks for a part, or for what is new. */
const passedOn = ["range", "if-range", "if-none-match", "if-modified-since", "accept"] as const;

/** What describes the bytes. Nothing of it can make the browser do anything. */
const given: ReadonlySet<string> = new Set([
  ...["content-type", "content-length", "content-range", "accept-ranges", "etag", "last-modified"],
  ...["content-language", "date", "age"],
]);

/**
 * What is to be fetched for a link.
 *
 * @throws ActionError `not-found` when the browser would make a document or a script of it: those are of the broker's
 * own origin.
 */
export function resourceWish(link: ResourceLink, request: Request): FetchWish {
  const destination = request.headers.get("sec-fetch-dest");
  if (destination !== null && !destinations.has(destination)) {
    throw new ActionError(
      "not-found",
      "A link to a resource is for images, media, styles and fonts inside an app's page.",
    );
  }
  const own = passedOn.flatMap((name): HeaderPair[] => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const names = new Set(link.headers.map(([name]) => name.toLowerCase()));
  return {
    url: link.url,
    method: request.method === "HEAD" ? "HEAD" : "GET",
    headers: [...link.headers, ...own.filter(([name]) => !names.has(name))],
    redirect: "follow",
    userActivation: false,
    ...(link.frame && { frame: link.frame }),
  };
}

/** Passes a resource on under its own status; what is kept of it by a cache would outlive its permission. */
export function answerResource(
  { head, body }: OpenFetch,
  appOrigin: string | null,
  method: string,
): Response {
  const headers = new Headers(head.headers.filter(([name]) => given.has(name)));
  headers.set("cache-control", "no-store");
  headers.set("content-disposition", "inline");
  if (appOrigin !== null) headers.set("access-control-allow-origin", appOrigin);
  const isEmpty = method === "HEAD" || [204, 205, 304].includes(head.status);
  if (isEmpty) void body.return?.();
  return new Response(isEmpty ? null : streamOf(body), {
    status: head.status > 599 ? 502 : head.status,
    headers,
  });
}
