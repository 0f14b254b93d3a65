/** Looking up the name of a target, once it may be looked up. @module */
import type { Target } from "../core/target.ts";
import { type Broker, ConnectError } from "./ports.ts";
import { denied } from "./refused_connection.ts";

/**
 * Every address of the target's name.
 *
 * @param family Only addresses of this family; both when undefined.
 * @throws ConnectError `invalid-target` when the target is no single name, `name-not-resolved` when it has no address.
 */
export async function lookUp(
  broker: Broker,
  target: Target,
  family: 4 | 6 | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  if (target.host.kind !== "name") throw denied("invalid-target", "Name one host, or one address.");
  const options = family === undefined ? { signal } : { family, signal };
  const addresses = await broker.resolver.resolve(target.host.name, options);
  if (addresses.length > 0) return addresses;
  throw new ConnectError({
    code: "name-not-resolved",
    phase: "dns",
    message: `The name ${target.host.name} has no address.`,
  });
}
