/** Randomness and hashing from the operating system's generator. @module */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../actions/ports.ts";
import type { IdKinds } from "../schema/ids.ts";

/** The `Secrets` port over `node:crypto`. */
export const systemSecrets: Secrets = {
  newId<Kind extends keyof IdKinds>(kind: Kind): IdKinds[Kind] {
    // The form is that of `idSchema` in schema/ids.ts, which TypeScript can't read out of a template.
    return `${kind}_${randomBytes(16).toString("hex")}` as IdKinds[Kind];
  },
  newToken: () => randomBytes(32).toString("base64url"),
  hash: (text) => hash("sha256", text, "hex"),
};

/**
 * Whether two texts are equal, in a time that tells nothing of where they differ. Compare hashes, which all have one
 * length: texts of unlike length are told apart at once.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
