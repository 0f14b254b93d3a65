/** Secrets that a test can foretell. @module */
import { hash } from "node:crypto";
import type { Secrets } from "../../broker/actions/ports.ts";
import type { IdKinds } from "../../broker/schema/ids.ts";

/** The `n`th id of a kind that `FakeSecrets` gives out, from 1: `fakeId("app", 1)` is `app_0…01`. */
export function fakeId<Kind extends keyof IdKinds>(kind: Kind, n: number): IdKinds[Kind] {
  // The form is that of the id schemas, which TypeScript can't read out of a template.
  return `${kind}_${n.toString(16).padStart(32, "0")}` as IdKinds[Kind];
}

/** The `n`th token that `FakeSecrets` gives out, from 1: as long and of the same letters as a real one. */
export function fakeToken(n: number): string {
  return `token-${n}-`.padEnd(43, "x");
}

/** A `Secrets` whose ids and tokens are counted; its hash is the real one. */
export class FakeSecrets implements Secrets {
  readonly #given = new Map<string, number>();

  /** The next id of a kind. */
  newId<Kind extends keyof IdKinds>(kind: Kind): IdKinds[Kind] {
    return fakeId(kind, this.#count(kind));
  }

  /** The next token. */
  newToken(): string {
    return fakeToken(this.#count("token"));
  }

  /** SHA-256 of a text, in hexadecimal. */
  hash(text: string): string {
    return hash("sha256", text, "hex");
  }

  #count(what: string): number {
    const count = (this.#given.get(what) ?? 0) + 1;
    this.#given.set(what, count);
    return count;
  }
}
