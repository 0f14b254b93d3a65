/** The broker connection that sockets use when they are given none. @module */
import type { Gatehouse } from "./gatehouse.ts";

let current: Gatehouse | null = null;

/** Makes this the connection of every socket that is given none. */
export function setDefaultGatehouse(gatehouse: Gatehouse): void {
  current = gatehouse;
}

/**
 * The connection of the last `connect()`.
 *
 * @throws DOMException `NotSupportedError` when there was none.
 */
export function defaultGatehouse(): Gatehouse {
  if (current) return current;
  throw new DOMException(
    "No broker: call connect() or install() of the Gatehouse SDK first.",
    "NotSupportedError",
  );
}
