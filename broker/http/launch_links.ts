/** Launch links: how a person proves to be the one who started the broker. @module */
import type { Broker } from "../actions/ports.ts";
import type { LaunchLink } from "../schema/admin_api.ts";

/** How long a launch link works. */
export const launchLinkLifetimeMs = 5 * 60_000;
/** How many unused links may be out at a time; the oldest gives way. */
const maxLinks = 16;

/**
 * The launch links of this run. They are kept in memory, as hashes: a restart spends them all. The token stands in the
 * fragment of the URL, which no server and no log ever sees; the page at `/sign-in` posts it.
 */
export class LaunchLinks {
  readonly #broker: Pick<Broker, "clock" | "secrets">;
  readonly #origin: string;
  /** When each link expires, by the hash of its token; the oldest first. */
  readonly #expiryByHash = new Map<string, number>();

  /** @param origin The dashboard's origin, for example `http://gatehouse.localhost:8737`. */
  constructor(broker: Pick<Broker, "clock" | "secrets">, origin: string) {
    this.#broker = broker;
    this.#origin = origin;
  }

  /** Makes a link that signs one browser in, once. */
  create(): LaunchLink {
    const token = this.#broker.secrets.newToken();
    const expiresAtMs = this.#broker.clock.nowMs() + launchLinkLifetimeMs;
    this.#expiryByHash.set(this.#broker.secrets.hash(token), expiresAtMs);
    for (const oldest of this.#expiryByHash.keys()) {
      if (this.#expiryByHash.size <= maxLinks) break;
      this.#expiryByHash.delete(oldest);
    }
    return { url: `${this.#origin}/sign-in#${token}`, expiresAtMs };
  }

  /** Uses a link up. False when the token is unknown, was used before, or came too late. */
  redeem(token: string): boolean {
    // Looked up by its hash: the time that takes tells nothing of the tokens that are out.
    const hash = this.#broker.secrets.hash(token);
    const expiresAtMs = this.#expiryByHash.get(hash);
    this.#expiryByHash.delete(hash);
    return expiresAtMs !== undefined && this.#broker.clock.nowMs() < expiresAtMs;
  }
}
