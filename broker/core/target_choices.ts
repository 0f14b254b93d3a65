/** Which targets a person may choose for an answer: what was asked, and what is narrower. @module */
import type { Capability } from "../schema/capability.ts";
import { type CapabilityTarget, parseCapabilityTarget } from "./capability_target.ts";
import { formatTarget } from "./target.ts";

/**
 * The targets of the choices for a request, narrowest first, what was asked last. A wildcard may be narrowed to the name
 * it is made of, `*.example.com:443` to `example.com:443`; for all else there is what was asked, or another target that
 * the person writes.
 */
export function targetChoices(capability: Capability, text: string): CapabilityTarget[] {
  const asked = parseCapabilityTarget(capability, text);
  if (asked.kind !== "socket" || asked.socket.host.kind !== "wildcard") return [asked];
  const { name } = asked.socket.host;
  const narrower = formatTarget({ host: { kind: "name", name }, ports: asked.socket.ports });
  return [parseCapabilityTarget(capability, narrower), asked];
}
