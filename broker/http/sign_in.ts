/**
 * Sign-ins: a cookie, and beside it a secret that only pages of the dashboard's own origin can read.
 *
 * The cookie alone proves little: cookies ignore ports, so every other server on the same host name is sent it, and its
 * pages can send it along. The secret is kept by the page in `localStorage`, which is per origin, port included. Not in
 * `sessionStorage`: that is lost with the tab, and the person would need a new launch link for each.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Broker, Put, Removal } from "../actions/ports.ts";
import type { SignInResult } from "../schema/admin_api.ts";
import { SignInId } from "../schema/ids.ts";
import type { SignIn } from "../schema/sign_in.ts";
import { plainSignInCookie, probeCookie, readCookie, setCookie, signInCookie } from "./cookies.ts";

/** How long a sign-in lasts. */
export const signInLifetimeMs = 30 * 24 * 60 * 60_000;
/** How many browsers may be signed in at a time; the oldest gives way. */
export const maxSignIns = 16;

/** The header that carries the origin-bound secret. */
export const secretHeader = "x-gatehouse-secret";

/** A browser that is signed in. */
export interface SignedIn {
  readonly id: SignInId;
  /** SHA-256 of the secret that changes must carry. */
  readonly secretHash: string;
  /**
   * What a form without JavaScript must carry in the field `formToken`; null on plain `localhost`, whose cookies other
   * servers get: a page shown there must never hand out what makes a change.
   */
  readonly formToken: string | null;
}

/** Who is signed in, and signing in and out. */
export class SignIns {
  readonly #broker: Broker;
  /** Key of the form tokens; new at each start, so a page from before it must be loaded again. */
  readonly #formKey: string;
  readonly #formHost: string;

  /** @param formHost The host, with its port, on which forms may be rendered: `gatehouse.localhost:8737`. */
  constructor(broker: Broker, formHost: string) {
    this.#broker = broker;
    this.#formKey = broker.secrets.newToken();
    this.#formHost = formHost;
  }

  /**
   * Signs a browser in, on the host that it came to.
   *
   * @returns The secret for the page, and the `Set-Cookie` lines for the browser.
   */
  async start(
    headers: Headers,
    host: string,
  ): Promise<{ result: SignInResult; cookies: string[] }> {
    const { clock, secrets, store } = this.#broker;
    const id = secrets.newId("sign");
    const cookie = `${id}.${secrets.newToken()}`;
    const secret = secrets.newToken();
    const createdAtMs = clock.nowMs();
    const expiresAtMs = createdAtMs + signInLifetimeMs;
    const record: SignIn = {
      v: 1,
      id,
      cookieHash: secrets.hash(cookie),
      secretHash: secrets.hash(secret),
      host,
      createdAtMs,
      expiresAtMs,
    };
    const put: Put = { noun: "signIn", id, record };
    await store.commit({
      puts: [put],
      removals: this.#surplus(createdAtMs),
      history: [{
        atMs: createdAtMs,
        kind: "signed-in",
        actor: "person",
        appId: null,
        appName: null,
        capability: null,
        target: null,
        message: `A browser was signed in on ${host}.`,
        detail: { signInId: id },
      }],
    });
    const takesPrefix = readCookie(headers, probeCookie) !== null;
    const name = takesPrefix ? signInCookie : plainSignInCookie;
    const cookies = [setCookie(name, cookie, signInLifetimeMs / 1000)];
    if (takesPrefix) cookies.push(setCookie(probeCookie, "", 0));
    return { result: { secret, expiresAtMs }, cookies };
  }

  /** The browser that sent this cookie to this host, or null. */
  find(headers: Headers, host: string): SignedIn | null {
    const cookie = readCookie(headers, signInCookie) ?? readCookie(headers, plainSignInCookie);
    const id = SignInId.safeParse(cookie?.split(".", 1)[0]);
    if (cookie === null || !id.success) return null;
    const record = this.#broker.store.get("signIn", id.data)?.record;
    if (!record || record.host !== host) return null;
    if (this.#broker.clock.nowMs() >= record.expiresAtMs) return null;
    if (!equalHashes(this.#broker.secrets.hash(cookie), record.cookieHash)) return null;
    const formToken = host === this.#formHost
      ? createHmac("sha256", this.#formKey).update(record.id).digest("base64url")
      : null;
    return { id: record.id, secretHash: record.secretHash, formToken };
  }

  /** Whether these headers carry the secret of a sign-in. */
  hasSecret(signIn: SignedIn, headers: Headers): boolean {
    const secret = headers.get(secretHeader);
    return secret !== null && equalHashes(this.#broker.secrets.hash(secret), signIn.secretHash);
  }

  /** Whether a form carries the form token of a sign-in. */
  hasFormToken(signIn: SignedIn, form: URLSearchParams): boolean {
    const shown = form.get("formToken");
    if (signIn.formToken === null || shown === null) return false;
    return equalHashes(
      this.#broker.secrets.hash(shown),
      this.#broker.secrets.hash(signIn.formToken),
    );
  }

  /** Signs a browser out. @returns The `Set-Cookie` lines that take its cookies back. */
  async end(signIn: SignedIn): Promise<string[]> {
    await this.#broker.store.commit({ removals: [{ noun: "signIn", id: signIn.id }] });
    return [setCookie(signInCookie, "", 0), setCookie(plainSignInCookie, "", 0)];
  }

  /** Calls back once a sign-in is ended, by its browser or because it gave way; the returned function calls that off. */
  whenEnded({ id }: SignedIn, callback: () => void): () => void {
    return this.#broker.store.subscribe(({ removed }) => {
      if (removed.some((put) => put.noun === "signIn" && put.id === id)) callback();
    });
  }

  /** Sign-ins that have run out, and the oldest beyond what leaves room for one more. */
  #surplus(nowMs: number): Removal[] {
    const newestFirst = [...this.#broker.store.list("signIn")]
      .sort((a, b) => b.createdAtMs - a.createdAtMs);
    return newestFirst
      .filter((record, index) => record.expiresAtMs <= nowMs || index >= maxSignIns - 1)
      .map(({ id }) => ({ noun: "signIn", id }));
  }
}

/** Whether two SHA-256 in hexadecimal are equal, in a time that doesn't tell where they differ. */
export function equalHashes(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return left.length === 32 && right.length === 32 && timingSafeEqual(left, right);
}
