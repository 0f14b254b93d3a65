/** What fetching takes and gives: the app's wish, and the fetch under way. @module */
import type { ContextId } from "../schema/ids.ts";
import type { FetchHead, FetchWish } from "../schema/fetch.ts";
import type { OpenSession } from "./socket_session.ts";

/** What an app wants to have fetched. */
export interface FetchAsk {
  /** The context that it is fetched for. */
  readonly contextId: ContextId;
  readonly wish: FetchWish;
  /** The request's body; null for none. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A fetch whose head has come. */
export interface OpenFetch extends OpenSession {
  readonly head: FetchHead;
  /**
   * The answer's body, decompressed. The session ends with it: at its end, at a fault, or when its reader leaves by
   * `return()`. Throws `ConnectError`.
   */
  readonly body: AsyncIterableIterator<Uint8Array, void>;
}
