/** The hosts that no app may reach. @module */
import type { BlockedHost } from "../schema/blocked_host.ts";
import type { Broker } from "./ports.ts";

/** Every blocked host, by name. */
export function blockedHosts({ store }: Pick<Broker, "store">): BlockedHost[] {
  return [...store.list("blockedHost")].sort((a, b) => a.id < b.id ? -1 : 1);
}
