/** The blocked host: one that no app may reach, whatever it is granted. @module */
import { z } from "zod";
import { Instant } from "./time.ts";

/** A host in canonical form: a name as A-labels, an IPv4 address, or an IPv6 address in brackets. */
export const HostText = z.string().min(1).max(253);

/** How many hosts a person may block. */
export const maxBlockedHosts = 1000;

/** A blocked host as it is stored, under the host itself. */
export const BlockedHost = z.strictObject({ v: z.literal(1), id: HostText, createdAtMs: Instant });
/** A blocked host as it is stored. */
export type BlockedHost = z.infer<typeof BlockedHost>;
