/** The WebSocket upgrades of installed apps, the relay's and those of the front ends, and how many of them there may be. @module */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import "./websocket_mask.ts"; // Before `ws`, which takes it up when it is loaded.
import { type WebSocket, WebSocketServer } from "ws";
import { ActionError } from "../actions/action_error.ts";
import { authenticateApp, type Caller } from "../actions/authenticate_app.ts";
import type { Broker } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";
import type { CredentialId } from "../schema/ids.ts";
import { maxMessageBytes, relayCloseCode } from "../schema/relay_wire.ts";
import { requireInstalled } from "./app_access.ts";
import { DirectWebSocket } from "./direct_web_socket.ts";
import { problemFrom } from "./problem.ts";
import { refuseSocket } from "./raw_refusal.ts";
import { type ReadOffer, readRelayRoute, type RelayRoute } from "./relay_route.ts";

/** The longest message of a front end: their clients are told of no limit, so it is a wide one. */
export const maxFrontEndMessageBytes = 1024 * 1024;

/** How many relays there may be, those of front ends included. */
export interface RelayCaps {
  readonly maxRelays: number;
  readonly maxRelaysPerApp: number;
}

/** The caps that hold unless a test sets others. A page opens one relay, so an app may have this many pages. */
export const defaultRelayCaps: RelayCaps = { maxRelays: 256, maxRelaysPerApp: 32 };

/** What the upgrade needs from the relay itself. */
export interface RelayParts {
  /** The app token that the subprotocols carry; null when they are not for the relay's wire. */
  readonly readOffer: ReadOffer;
  readonly serve: (
    broker: Broker,
    app: App,
    webSocket: DirectWebSocket,
    credentialId: CredentialId,
  ) => void;
  /** Serves the Wisp protocol in this version. */
  readonly serveWisp: (
    broker: Broker,
    app: App,
    webSocket: DirectWebSocket,
    version: 1 | 2,
  ) => void;
  /** Serves one connection to this target. */
  readonly serveTunnel: (
    broker: Broker,
    app: App,
    webSocket: DirectWebSocket,
    target: { host: string; port: number },
  ) => void;
}

/** The WebSocket upgrades of relays. */
export class RelayUpgrades {
  readonly #broker: Broker;
  readonly #parts: RelayParts;
  readonly #caps: RelayCaps;
  readonly #countByApp = new Map<App["id"], number>();
  readonly #relays = webSocketServer(maxMessageBytes);
  readonly #frontEnds = webSocketServer(maxFrontEndMessageBytes);

  constructor(broker: Broker, parts: RelayParts, caps: Partial<RelayCaps> = {}) {
    this.#broker = broker;
    this.#parts = parts;
    this.#caps = { ...defaultRelayCaps, ...caps };
  }

  /** Upgrades, or answers a problem. The `Host` has been vetted. Browsers never preflight this: all is checked here. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    try {
      const { headers, url = "" } = incoming;
      const offered = headers["sec-websocket-protocol"] ?? null;
      const route = readRelayRoute(url, offered, this.#parts.readOffer);
      const caller = this.#admit(route.token, headers.origin ?? null);
      const server = route.kind === "relay" ? this.#relays : this.#frontEnds;
      answered.set(incoming, route.subprotocol);
      server.handleUpgrade(
        incoming,
        socket,
        head as never,
        (webSocket) => this.#serve(caller, route, webSocket, socket),
      );
    } catch (fault) {
      refuseSocket(socket, problemFrom(fault, this.#broker.log));
    }
  }

  /** Starts the closing handshake of every relay. */
  stop(): void {
    for (const webSocket of this.#open()) {
      webSocket.close(relayCloseCode.goingAway, "Gatehouse is stopping.");
    }
  }

  /** Cuts what has not answered the closing handshake. */
  cut(): void {
    for (const webSocket of this.#open()) webSocket.terminate();
  }

  #open(): WebSocket[] {
    return [...this.#relays.clients, ...this.#frontEnds.clients];
  }

  /** @throws ActionError */
  #admit(token: string | null, origin: string | null): Caller {
    const caller = authenticateApp(this.#broker, { token, origin });
    requireInstalled(caller);
    const inAll = this.#relays.clients.size + this.#frontEnds.clients.size;
    const ofApp = this.#countByApp.get(caller.app.id) ?? 0;
    if (inAll >= this.#caps.maxRelays || ofApp >= this.#caps.maxRelaysPerApp) {
      throw new ActionError("queue-full", "Too many relays are open. Close some, then try again.", {
        retryAfterMs: 1000,
      });
    }
    return caller;
  }

  #serve(
    { app, credential }: Caller,
    route: RelayRoute,
    webSocket: WebSocket,
    socket: Duplex,
  ): void {
    this.#countByApp.set(app.id, (this.#countByApp.get(app.id) ?? 0) + 1);
    webSocket.once("close", () => {
      const left = this.#countByApp.get(app.id)! - 1;
      if (left > 0) this.#countByApp.set(app.id, left);
      else this.#countByApp.delete(app.id);
    });
    try {
      const direct = new DirectWebSocket(webSocket, socket);
      switch (route.kind) {
        case "relay":
          return this.#parts.serve(this.#broker, app, direct, credential.id);
        case "wisp":
          return this.#parts.serveWisp(this.#broker, app, direct, route.version);
        case "tunnel":
          return this.#parts.serveTunnel(this.#broker, app, direct, route);
      }
    } catch (fault) {
      this.#broker.log.error("relay-failed", fault);
      webSocket.close(relayCloseCode.internalError);
    }
  }
}

/** The subprotocol that each upgrade is answered with; null: none. */
const answered = new WeakMap<IncomingMessage, string | null>();

function webSocketServer(maxPayload: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    // Never the token that came in another one.
    handleProtocols: (_offered, incoming) => answered.get(incoming) ?? false,
  });
}
