/** Asking the person where a socket is to lead, for an app that leaves it to them. @module */
import { type NamedPlace, namedPlace, unaddressedTarget } from "../core/unaddressed.ts";
import type { AppId } from "../schema/ids.ts";
import { askPermission } from "./ask_permission.ts";
import { type SocketWish, waitForAnswer } from "./decide_or_wait.ts";
import type { Broker } from "./ports.ts";
import { denied } from "./refused_connection.ts";
import type { SocketEvents } from "./socket_session.ts";

/**
 * Asks, whatever was allowed before: what may be reached is not yet what shall be reached. The answer is a permission for
 * the one place that the person wrote, and the socket is opened under it as if the app had named that place.
 *
 * @param port 0 leaves the port to the person too.
 * @throws ConnectError with phase `policy`.
 */
export async function nameHost(
  broker: Broker,
  appId: AppId,
  port: number,
  wish: Omit<SocketWish, "target" | "addresses" | "sessionId">,
  events: Pick<SocketEvents, "signal" | "onWaiting">,
): Promise<NamedPlace> {
  const app = broker.store.get("app", appId)?.record;
  if (!app) throw denied("not-installed", "There is no such app; it may have been uninstalled.");
  const contextId = broker.secrets.newId("ctx");
  const asked = await askPermission(broker, app, {
    ...wish,
    target: unaddressedTarget(port),
    contextId,
    unaddressed: true,
  });
  const ended = await waitForAnswer(broker, app, asked, contextId, events);
  const grant = ended?.grantId ? broker.store.get("grant", ended.grantId)?.record : undefined;
  if (!grant) throw denied("denied", "The permission ended before it could be used.");
  return namedPlace(grant.target);
}
