/** The kinds of access an app can ask for. @module */
import { z } from "zod";

/** Every capability, in the order in which the dashboard lists them. */
export const capabilities = [
  "host-access",
  "tcp-connect",
  "tcp-listen",
  "udp-send",
  "udp-bind",
  "udp-multicast",
  "network-info",
] as const;

/** The kind of access that is asked for (design section 1). */
export const Capability = z.enum(capabilities);
/** The kind of access that is asked for. */
export type Capability = z.infer<typeof Capability>;
