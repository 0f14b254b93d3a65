/** A fetch that a test plays, for relays. @module */
import type { FetchAsk, OpenFetch } from "../../../broker/actions/fetch_session.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { SocketEvents } from "../../../broker/actions/socket_session.ts";
import type { Fetch } from "../../../broker/relay/relay_opens.ts";
import type { FetchHead } from "../../../broker/schema/fetch.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { fakeSession } from "./relay_rig.ts";

/** A head that says nothing special. */
export const plainHead: FetchHead = {
  status: 200,
  statusText: "OK",
  url: "https://feeds.example/a.xml",
  redirected: false,
  headers: [],
};

const aborted = new ConnectError({ code: "withdrawn", phase: "policy", message: "Given up." });

/** One fetch, as the action has it. */
export class ScriptedFetch {
  /** Every `end()` of the session, in order. */
  readonly ends: (SessionError | null)[] = [];
  /** How many pieces of the answer the relay has asked for. */
  wanted = 0;
  readonly #answered = Promise.withResolvers<OpenFetch>();
  readonly #pieces: (Uint8Array | null | Error)[] = [];
  #wake = () => {};

  constructor(readonly ask: FetchAsk, readonly events: SocketEvents) {
    this.#answered.promise.catch(() => {});
    events.signal.addEventListener("abort", () => {
      this.#answered.reject(aborted);
      this.#give(aborted);
    });
  }

  /** What comes of it. */
  get opened(): Promise<OpenFetch> {
    return this.#answered.promise;
  }

  /** The head of the answer comes. */
  async head(more: Partial<FetchHead> = {}): Promise<void> {
    const end = (error: SessionError | null) => void this.ends.push(error);
    const pieces = this.#body();
    this.#answered.resolve({
      session: fakeSession(fakeId("sess", 1)),
      head: { ...plainHead, ...more },
      body: Object.assign(pieces, {
        return: () => {
          end(null);
          this.#give(null);
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
      end,
    });
    await settle();
  }

  /** It fails before its head. */
  async fail(fault: unknown): Promise<void> {
    this.#answered.reject(fault);
    await settle();
  }

  /** The server sends bytes. */
  async deliver(...pieces: Uint8Array[]): Promise<void> {
    for (const piece of pieces) this.#give(piece);
    await settle();
  }

  /** The answer is whole. */
  async finish(): Promise<void> {
    this.#give(null);
    await settle();
  }

  /** The body breaks off. */
  async breakOff(fault: Error): Promise<void> {
    this.#give(fault);
    await settle();
  }

  #give(piece: Uint8Array | null | Error): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  async *#body(): AsyncGenerator<Uint8Array, void> {
    while (true) {
      this.wanted++;
      while (this.#pieces.length === 0) await new Promise<void>((done) => this.#wake = done);
      const piece = this.#pieces.shift();
      if (piece instanceof Error) throw piece;
      if (!piece) return;
      yield piece;
    }
  }
}

/** An action that keeps the fetches it is asked for, for the test to answer. */
export function scriptedFetches(): { fetch: Fetch; fetches: ScriptedFetch[] } {
  const fetches: ScriptedFetch[] = [];
  return {
    fetches,
    fetch: (ask, events) => {
      const scripted = new ScriptedFetch(ask, events);
      fetches.push(scripted);
      return scripted.opened;
    },
  };
}
