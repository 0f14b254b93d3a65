/** `GET /api/v1/relay`: the WebSocket upgrade of an installed app, and how many of them there may be. @module */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import "./websocket_mask.ts"; // Before `ws`, which takes it up when it is loaded.
import { type WebSocket, WebSocketServer } from "ws";
import { ActionError } from "../actions/action_error.ts";
import { authenticateApp, type Caller } from "../actions/authenticate_app.ts";
import type { Broker } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";
import { maxMessageBytes, relayCloseCode, relaySubprotocol } from "../schema/relay_wire.ts";
import { requireInstalled } from "./app_access.ts";
import { DirectWebSocket } from "./direct_web_socket.ts";
import { problemFrom } from "./problem.ts";
import { refuseSocket } from "./raw_refusal.ts";

const relayPath = "/api/v1/relay";

/** How many relays there may be. */
export interface RelayCaps {
  readonly maxRelays: number;
  readonly maxRelaysPerApp: number;
}

/** The caps that hold unless a test sets others. A page opens one relay, so an app may have this many pages. */
export const defaultRelayCaps: RelayCaps = { maxRelays: 256, maxRelaysPerApp: 32 };

/** What the upgrade needs from the relay itself. */
export interface RelayParts {
  /** The app token that the subprotocols carry; null when they are not for the relay's wire. */
  readonly readOffer: (offered: string | null) => { token: string | null } | null;
  readonly serve: (broker: Broker, app: App, webSocket: DirectWebSocket) => void;
}

/** The WebSocket upgrades of relays. */
export class RelayUpgrades {
  readonly #broker: Broker;
  readonly #parts: RelayParts;
  readonly #caps: RelayCaps;
  readonly #countByApp = new Map<App["id"], number>();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Never the token that came in the other one.
    handleProtocols: () => relaySubprotocol,
  });

  constructor(broker: Broker, parts: RelayParts, caps: Partial<RelayCaps> = {}) {
    this.#broker = broker;
    this.#parts = parts;
    this.#caps = { ...defaultRelayCaps, ...caps };
  }

  /** Upgrades, or answers a problem. The `Host` has been vetted. Browsers never preflight this: all is checked here. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    try {
      const { app } = this.#admit(incoming);
      this.#server.handleUpgrade(
        incoming,
        socket,
        head as never,
        (webSocket) => this.#serve(app, webSocket, socket),
      );
    } catch (fault) {
      refuseSocket(socket, problemFrom(fault, this.#broker.log));
    }
  }

  /** Starts the closing handshake of every relay. */
  stop(): void {
    for (const webSocket of this.#server.clients) {
      webSocket.close(relayCloseCode.goingAway, "Gatehouse is stopping.");
    }
  }

  /** Cuts what has not answered the closing handshake. */
  cut(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }

  /** @throws ActionError */
  #admit(incoming: IncomingMessage): Caller {
    const { headers, url = "" } = incoming;
    if (url.split("?", 1)[0] !== relayPath) {
      throw new ActionError(
        "not-found",
        `There is no WebSocket at this path; relays are at ${relayPath}.`,
      );
    }
    const offer = this.#parts.readOffer(headers["sec-websocket-protocol"] ?? null);
    if (!offer) {
      throw new ActionError(
        "invalid-header",
        `Offer the subprotocols \`${relaySubprotocol}\` and \`gatehouse.token.TOKEN\`.`,
      );
    }
    const caller = authenticateApp(this.#broker, {
      token: offer.token,
      origin: headers.origin ?? null,
    });
    requireInstalled(caller);
    const ofApp = this.#countByApp.get(caller.app.id) ?? 0;
    if (this.#server.clients.size >= this.#caps.maxRelays || ofApp >= this.#caps.maxRelaysPerApp) {
      throw new ActionError("queue-full", "Too many relays are open. Close some, then try again.", {
        retryAfterMs: 1000,
      });
    }
    return caller;
  }

  #serve(app: App, webSocket: WebSocket, socket: Duplex): void {
    this.#countByApp.set(app.id, (this.#countByApp.get(app.id) ?? 0) + 1);
    webSocket.once("close", () => {
      const left = this.#countByApp.get(app.id)! - 1;
      if (left > 0) this.#countByApp.set(app.id, left);
      else this.#countByApp.delete(app.id);
    });
    try {
      this.#parts.serve(this.#broker, app, new DirectWebSocket(webSocket, socket));
    } catch (fault) {
      this.#broker.log.error("relay-failed", fault);
      webSocket.close(relayCloseCode.internalError);
    }
  }
}
