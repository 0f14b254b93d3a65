/** The sign-in: one browser that may use the dashboard. @module */
import { z } from "zod";
import { SignInId } from "./ids.ts";
import { Instant } from "./time.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A sign-in as it is stored: hashes only, bound to the host name that it was made on. */
export const SignIn = z.strictObject({
  v: z.literal(1),
  id: SignInId,
  /** SHA-256 of the cookie's value. */
  cookieHash: sha256,
  /** SHA-256 of the origin-bound secret that every change must carry. */
  secretHash: sha256,
  /** The `Host` that it was made on. */
  host: z.string().max(255),
  createdAtMs: Instant,
  expiresAtMs: Instant,
});
/** A sign-in as it is stored. */
export type SignIn = z.infer<typeof SignIn>;
