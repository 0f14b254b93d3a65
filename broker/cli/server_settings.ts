/** Making sure that nothing that policy says of the server is overlooked. @module */
import type { PolicyFile } from "../schema/policy_file.ts";

/** Thrown when the policy wants a server that this version is not. */
export class ServerSettingError extends Error {
  override name = "ServerSettingError";
}

/**
 * Refuses to start where policy asks for what this version does not do: an https listener, or a store shared by several
 * brokers. A setting that is silently passed over is worse than a broker that does not start.
 *
 * @throws ServerSettingError
 */
export function requireServable({ https, store }: PolicyFile["server"]): void {
  const wanted = https ? "server.https" : store ? "server.store" : null;
  if (wanted === null) return;
  throw new ServerSettingError(
    `The policy sets permissionBroker.${wanted}, which this version does not do yet. Leave it out.`,
  );
}
