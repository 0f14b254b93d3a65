/** Which kind of relay an upgrade asks for, and for whom: the relay's own wire, or a front end with its token in the path. @module */
import { ActionError } from "../actions/action_error.ts";
import { relaySubprotocol } from "../schema/relay_wire.ts";

/** Where the relay is. */
export const relayPath = "/api/v1/relay";

/** What an upgrade asks for. `subprotocol` is to be answered; null: none. */
export type RelayRoute =
  | { kind: "relay"; token: string | null; subprotocol: string }
  | { kind: "wisp"; token: string; subprotocol: string | null; version: 1 | 2 }
  | { kind: "tunnel"; token: string; subprotocol: string | null; host: string; port: number };

/** Reads the subprotocols of the relay's wire: the app token, or null when they are not for it. */
export type ReadOffer = (offered: string | null) => { token: string | null } | null;

/** The subprotocol of websockify's older clients, Emscripten's among them. */
const binarySubprotocol = "binary";

/**
 * Reads an upgrade.
 *
 * @param url The request target, raw. Front ends have the app token in it: never log it.
 * @param offered The raw `Sec-WebSocket-Protocol` header, or null when there is none.
 * @throws ActionError `not-found`, `invalid-header`, `invalid-query`. No message has a part of the URL in it.
 */
export function readRelayRoute(
  url: string,
  offered: string | null,
  readOffer: ReadOffer,
): RelayRoute {
  const [path = "", query = ""] = url.split(/\?(.*)/s, 2);
  if (path === relayPath) return relayRoute(readOffer(offered));
  const [, kind, token, rest] = /^\/(wisp|websockify|wsproxy)\/([\w.~-]+)(?:\/(.*))?$/.exec(path) ??
    [];
  const names = (offered ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  const binary = names.includes(binarySubprotocol) ? binarySubprotocol : null;
  if (kind === "wisp" && token && rest === "") {
    // Version 2 begins with a packet that clients of version 1 do not know; offering any subprotocol is its sign.
    const [subprotocol = null] = names;
    return { kind, token, subprotocol, version: subprotocol === null ? 1 : 2 };
  }
  if (kind === "websockify" && token && !rest) {
    const text = new URLSearchParams(query).get("token") ?? "";
    return { kind: "tunnel", token, subprotocol: binary, ...readTarget(text) };
  }
  if (kind === "wsproxy" && token && rest) {
    return { kind: "tunnel", token, subprotocol: binary, ...readTarget(unescapePath(rest)) };
  }
  throw new ActionError(
    "not-found",
    `There is no WebSocket at this path; relays are at ${relayPath}, front ends at /wisp/TOKEN/, ` +
      "/websockify/TOKEN?token=HOST:PORT and /wsproxy/TOKEN/HOST:PORT.",
  );
}

function relayRoute(offer: ReturnType<ReadOffer>): RelayRoute {
  if (offer) return { kind: "relay", token: offer.token, subprotocol: relaySubprotocol };
  throw new ActionError(
    "invalid-header",
    `Offer the subprotocols \`${relaySubprotocol}\` and \`gatehouse.token.TOKEN\`.`,
  );
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** `host:port`; an IPv6 address in brackets. Whether the host can be one is for the session to say. */
function readTarget(text: string): { host: string; port: number } {
  const [, host, digits] = /^(\[[^\]]+\]|[^:/?#@]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host && host.length <= 255 && port > 0 && port <= 65_535) return { host, port };
  throw new ActionError(
    "invalid-query",
    "Name where to connect to as HOST:PORT, an IPv6 address in brackets.",
  );
}
