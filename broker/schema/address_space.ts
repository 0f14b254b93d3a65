/** Where an address lies, as a browser's Local Network Access tells it, plus what is never dialed. @module */
import { z } from "zod";

/** Where an address lies: `public`, `local`, `loopback`, or `refused` (never dialed). */
export const AddressSpace = z.enum(["public", "local", "loopback", "refused"]);
/** Where an address lies. */
export type AddressSpace = z.infer<typeof AddressSpace>;
