/** The connections that apps may come back to: by which secret each is had, and what may be kept for each app. @module */
import type { Secrets } from "../actions/ports.ts";
import { equalInConstantTime } from "../core/constant_time.ts";
import type { AppId, CredentialId, SessionId } from "../schema/ids.ts";
import type { ReplayRoom } from "./replay_buffer.ts";

/** By which token a relay was opened. A connection is given to no other one; the token is bound to the app's origin. */
export interface RelayOwner {
  readonly appId: AppId;
  readonly credentialId: CredentialId | null;
}

interface Entry<Stream> {
  readonly owner: RelayOwner;
  readonly stream: Stream;
  readonly secretHash: string;
}

/** The reattachable streams of every relay. Of their secrets it has only the hashes. */
export class ReattachTable<Stream> {
  readonly #secrets: Pick<Secrets, "newToken" | "hash">;
  readonly #entries = new Map<SessionId, Entry<Stream>>();
  readonly #keptBytes = new Map<AppId, number>();

  constructor(secrets: Pick<Secrets, "newToken" | "hash">) {
    this.#secrets = secrets;
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes a stream in, or in again; answers its secret. */
  enter(owner: RelayOwner, sessionId: SessionId, stream: Stream): string {
    const secret = this.#secrets.newToken();
    this.#entries.set(sessionId, { owner, stream, secretHash: this.#secrets.hash(secret) });
    return secret;
  }

  /** The stream is over. */
  leave(sessionId: SessionId): void {
    this.#entries.delete(sessionId);
  }

  /** Gives a stream for its secret, which is used up; null when there is none for this owner and secret. */
  take(owner: RelayOwner, sessionId: SessionId, secret: string): Stream | null {
    const entry = this.#entries.get(sessionId);
    // Hashed in any case, so that the time does not tell whether there is such a session.
    const hash = this.#secrets.hash(secret);
    const isRight = equalInConstantTime(hash, entry?.secretHash ?? "");
    if (!entry || !isRight) return null;
    if (entry.owner.appId !== owner.appId) return null;
    if (entry.owner.credentialId !== owner.credentialId) return null;
    this.#entries.delete(sessionId);
    return entry.stream;
  }

  /** The room that the buffers of an app share. */
  room(appId: AppId, mostBytes: number): ReplayRoom {
    const kept = () => this.#keptBytes.get(appId) ?? 0;
    return {
      take: (bytes) => {
        if (kept() + bytes > mostBytes) return false;
        this.#keptBytes.set(appId, kept() + bytes);
        return true;
      },
      giveBack: (bytes) => {
        const left = kept() - bytes;
        if (left > 0) this.#keptBytes.set(appId, left);
        else this.#keptBytes.delete(appId);
      },
    };
  }
}
