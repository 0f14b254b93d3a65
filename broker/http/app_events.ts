/** The events of one app, from what changes in the store and among its sessions. @module */
import type { Caller } from "../actions/authenticate_app.ts";
import { ownApp } from "../actions/own_app.ts";
import { ownRequest } from "../actions/own_request.ts";
import type { Broker, Put, SessionChange, StoreChange } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";
import type { AppEvent } from "../schema/app_api.ts";
import type { EventSink } from "./event_stream.ts";
import { ownGrant } from "../actions/own_grant.ts";
import type { Connectivity } from "../schema/network.ts";
import { followNetwork } from "./network_events.ts";

/**
 * Sends an app what concerns it, beginning with its own state; to a credential that a person has yet to accept, that
 * state alone. From then on the stream counts as a context of the app while it is open. It is closed when the app or the
 * credential that opened it is gone.
 *
 * @returns Ends it.
 */
export function sendAppEvents(broker: Broker, caller: Caller, sink: EventSink): () => void {
  const contextId = broker.secrets.newId("ctx");
  const follower = new AppFollower(broker, caller, (event) => sink.send(event));
  const holdOpen = () => {
    if (follower.isAccepted) broker.contexts.add(caller.app.id, contextId);
  };
  const stops = [
    broker.store.subscribe((change) => {
      if (follower.onStoreChange(change)) holdOpen();
      else sink.close();
    }),
    broker.sessions.subscribe((change) => follower.onSessionChange(change)),
    followNetwork(broker, caller.app.id, (data) => follower.onNetworkChange(data)),
  ];
  holdOpen();
  return () => {
    for (const stop of stops) stop();
    broker.contexts.remove(caller.app.id, contextId);
  };
}

/** Knows what an app has been told, and tells it what is new. */
class AppFollower {
  readonly #appId: App["id"];
  readonly #credentialId: string;
  readonly #send: (event: AppEvent) => void;
  readonly #knownGrants: Set<string>;
  #app: App;
  #toldApp = "";
  #isAccepted = false;

  constructor(broker: Broker, { app, credential }: Caller, send: (event: AppEvent) => void) {
    this.#appId = app.id;
    this.#credentialId = credential.id;
    this.#send = send;
    this.#app = app;
    this.#knownGrants = new Set(broker.store.grantsOf(app.id).all.map((grant) => grant.id));
    this.#tellApp(app);
  }

  /** Whether a person has accepted the credential. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** @returns False when the app, or its credential, is no more. */
  onStoreChange({ puts, removed }: StoreChange): boolean {
    for (const put of removed) if (!this.#onRemoved(put)) return false;
    for (const put of puts) if (!this.#onPut(put)) return false;
    return true;
  }

  onSessionChange({ kind, session }: SessionChange): void {
    if (kind !== "closed" || session.appId !== this.#appId) return;
    this.#tell({ name: "session-closed", data: { sessionId: session.id, error: session.error } });
  }

  onNetworkChange(data: Connectivity): void {
    this.#tell({ name: "network", data });
  }

  #onRemoved({ noun, record }: Put): boolean {
    if (noun === "app") return record.id !== this.#appId;
    if (noun === "grant" && this.#knownGrants.delete(record.id)) {
      this.#tell({ name: "removed", data: ownGrant(record) });
    }
    return true;
  }

  #onPut({ noun, record }: Put): boolean {
    if (noun === "app" && record.id === this.#appId) return this.#tellApp(record);
    if (noun === "grant" && record.appId === this.#appId && !this.#knownGrants.has(record.id)) {
      this.#knownGrants.add(record.id);
      this.#tell({ name: "added", data: ownGrant(record) });
    }
    if (noun === "request" && record.appId === this.#appId && record.outcome !== null) {
      this.#tell({ name: "request-ended", data: ownRequest(record) });
    }
    return true;
  }

  #tellApp(app: App): boolean {
    const credential = app.credentials.find(({ id }) => id === this.#credentialId);
    if (!credential) return false;
    this.#isAccepted = credential.state === "active";
    const own = ownApp(app, credential);
    const text = JSON.stringify(own);
    if (text !== this.#toldApp) this.#send({ name: "app", data: own });
    this.#toldApp = text;
    if (app.silence && app.silence.sinceMs !== this.#app.silence?.sinceMs) {
      this.#tell({ name: "silenced", data: { untilMs: app.silence.untilMs } });
    }
    this.#app = app;
    return true;
  }

  #tell(event: AppEvent): void {
    if (this.#isAccepted) this.#send(event);
  }
}
