/** A broker as small as can be for the SDK: a real relay over real WebSockets, an API that the test answers. @module */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket as NodeWebSocket, WebSocketServer } from "ws";
import type { ListenerAsk, OpenListenerSession } from "../../../broker/actions/listener_session.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { OpenSession, SocketEvents } from "../../../broker/actions/socket_session.ts";
import type { OpenTcpSession, TcpAsk } from "../../../broker/actions/tcp_session.ts";
import { DirectWebSocket } from "../../../broker/http/direct_web_socket.ts";
import { SystemBinder } from "../../../broker/network/binder.ts";
import { DnsResolver } from "../../../broker/network/resolver.ts";
import { TcpDialer } from "../../../broker/network/tcp_dialer.ts";
import type { ReattachableStream } from "../../../broker/relay/reattachable_stream.ts";
import { ReattachTable } from "../../../broker/relay/reattach_table.ts";
import { RelayConnection } from "../../../broker/relay/relay_connection.ts";
import type { Fetch } from "../../../broker/relay/relay_opens.ts";
import type { RelayLimits } from "../../../broker/relay/relay_limits.ts";
import type { OpenUdp } from "../../../broker/relay/relay_opens.ts";
import { readRelayOffer } from "../../../broker/relay/relay_subprotocol.ts";
import type { OwnApp } from "../../../broker/schema/app_api.ts";
import { maxMessageBytes, relaySubprotocol } from "../../../broker/schema/relay_wire.ts";
import type { TlsWish } from "../../../broker/schema/relay.ts";
import type { Problem, ProblemType } from "../../../broker/schema/problem.ts";
import type { Session, SessionError } from "../../../broker/schema/session.ts";
import { connect } from "../../../broker/sdk/connect.ts";
import { type Environment, globalEnvironment } from "../../../broker/sdk/environment.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { fakeId, FakeSecrets, fakeToken } from "../../fakes/fake_secrets.ts";
import { fakeSession } from "../relay/relay_rig.ts";
import { testCa } from "../network/tls_server.ts";
import { UdpBroker } from "./udp_broker.ts";

/** One call of the API, as the test sees it. */
export interface ApiCall {
  /** Method and path, `POST /apps`. */
  name: string;
  query: URLSearchParams;
  token: string | null;
  body: unknown;
}

/** An answer: JSON, or a status with a problem. */
export type ApiAnswer = { json: unknown } | { problem: Problem } | {
  events: ReadableStream<string>;
};

/** A session that is open, and how to cut it as the person would. */
export interface RigSession {
  session: Session;
  cut(error: SessionError): void;
  ends: (SessionError | null)[];
}

/** The app that the rig knows. */
export const rigApp: OwnApp = {
  id: fakeId("app", 1),
  kind: "web",
  origin: "https://mail.example.com",
  name: "Mail",
  state: "installed",
};

/** Problem details of a type. */
export function problem(type: ProblemType, status: number): ApiAnswer {
  const detail = `The broker says ${type}.`;
  return {
    problem: { type: `urn:gatehouse:problem:${type}`, title: type, status, detail },
  };
}

/** The rig; start it with `SdkRig.start()`, end it with `await using`. */
export class SdkRig {
  readonly calls: ApiCall[] = [];
  readonly relays: RelayConnection[] = [];
  /** What a fetch comes to; a test that fetches sets it. */
  fetch: Fetch = () =>
    Promise.reject(new ConnectError({ code: "denied", phase: "policy", message: "No." }));
  readonly sessions: RigSession[] = [];
  readonly log = new FakeLog();
  /** The storage of the SDK. */
  readonly stored = new Map<string, string>();
  /** How the API answers, by name; what is not here is as `#defaultAnswer` says. */
  readonly answers = new Map<string, (call: ApiCall) => ApiAnswer | Promise<ApiAnswer>>();
  /** Opens a socket; by default it dials what was asked for. */
  open: (ask: TcpAsk, events: SocketEvents) => Promise<OpenTcpSession>;
  /** Opens a listener; by default it binds what was asked for. */
  listen: (ask: ListenerAsk, events: SocketEvents) => Promise<OpenListenerSession>;
  /** Opens a UDP socket. */
  openUdp: OpenUdp = (ask, events) => this.udp.open(ask, events);
  /** What opens UDP sockets by default. */
  readonly udp = new UdpBroker();
  /** Whether the next relay is refused with this status. */
  refuseRelay: number | null = null;
  readonly #server = createServer();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    handleProtocols: () => relaySubprotocol,
  });
  readonly #raw = new Set<Socket>();
  readonly #secrets = new FakeSecrets();
  readonly #gatehouses: Gatehouse[] = [];
  readonly #limits: Partial<RelayLimits>;
  /** The clock of the relays. */
  readonly clock = new FakeClock();
  /** The connections that an app may come back to, and those that waited for it, in order. */
  readonly reattachTable = new ReattachTable<ReattachableStream>(systemSecrets);
  readonly parked: Session[] = [];

  private constructor(limits: Partial<RelayLimits>) {
    this.#limits = limits;
    this.open = (ask, events) => this.dial(ask, events);
    this.listen = (ask, events) => Promise.resolve(this.bind(ask, events));
    this.#server.on("request", (request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#raw.add(socket);
      socket.on("close", () => this.#raw.delete(socket));
    });
    this.#server.on("upgrade", (request: IncomingMessage, socket: Socket, head) => {
      const offer = readRelayOffer(request.headers["sec-websocket-protocol"] ?? null);
      if (this.refuseRelay !== null || offer?.token !== fakeToken(1)) {
        socket.end(`HTTP/1.1 ${this.refuseRelay ?? 401} Refused\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket: NodeWebSocket) => {
        this.relays.push(
          new RelayConnection({
            webSocket: new DirectWebSocket(webSocket, socket),
            contextId: fakeId("ctx", this.relays.length + 1),
            opens: {
              fetch: (ask, events) => this.fetch(ask, events),
              tcp: (ask, events) => this.open(ask, events),
              tcpServer: (ask, events) => this.listen(ask, events),
              udp: (ask, events) => this.openUdp(ask, events),
            },
            reattach: {
              table: this.reattachTable,
              owner: { appId: rigApp.id, credentialId: null },
              onParked: (session) => void this.parked.push(session),
              onResumed() {},
            },
            clock: this.clock,
            log: this.log,
            limits: this.#limits,
          }),
        );
      });
    });
  }

  /** Starts a rig on a free port. */
  static async start(limits: Partial<RelayLimits> = {}, port = 0): Promise<SdkRig> {
    const rig = new SdkRig(limits);
    await new Promise<void>((resolve) => rig.#server.listen(port, "127.0.0.1", resolve));
    return rig;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Its origin. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the SDK runs in: this process, with the rig's storage. */
  environment(more: Partial<Environment> = {}): Environment {
    return {
      ...globalEnvironment(),
      storage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => void this.stored.set(key, value),
        removeItem: (key) => void this.stored.delete(key),
      },
      ...more,
    };
  }

  /** Connects an SDK to the rig. */
  async connect(environment: Partial<Environment> = {}): Promise<Gatehouse> {
    const gatehouse = await connect(
      { broker: this.origin, app: { name: "Mail" } },
      this.environment(environment),
    );
    this.#gatehouses.push(gatehouse);
    return gatehouse;
  }

  /** Opens a socket as the broker does, without asking anybody. */
  async dial(ask: TcpAsk, events: SocketEvents): Promise<OpenTcpSession> {
    const clock = new FakeClock();
    const { signal } = events;
    const literal = /^[\d.]+$/.test(ask.remoteAddress);
    const addresses = literal
      ? [ask.remoteAddress]
      : await new DnsResolver({ clock }).resolve(ask.remoteAddress, { signal });
    const dialer = new TcpDialer({ clock, caCerts: [testCa] });
    const connection = await dialer.connectTcp(addresses, ask.remotePort, { ...ask, signal });
    const session = fakeSession(this.#secrets.newId("sess"));
    const encrypt = async (wish: TlsWish, signal: AbortSignal) => {
      const { serverName = ask.remoteAddress, alpn = [] } = wish;
      return session.tls = await connection.startTls({ ...wish, serverName, alpn, signal });
    };
    if (ask.tls) await encrypt(ask.tls, signal);
    return {
      connection,
      ...this.#session(connection, events, session),
      ...(ask.upgradable && { encrypt }),
    };
  }

  #session(
    socket: { close(): void },
    events: Pick<SocketEvents, "onCut">,
    session: Session = fakeSession(this.#secrets.newId("sess")),
  ): OpenSession {
    const ends: (SessionError | null)[] = [];
    this.sessions.push({
      session,
      ends,
      cut: (error) => {
        socket.close();
        events.onCut(error);
      },
    });
    const end = (error: SessionError | null) => {
      ends.push(error);
      socket.close();
    };
    return { session, end };
  }

  /** Listens as the broker does, without asking anybody. */
  bind(ask: ListenerAsk, events: Pick<SocketEvents, "onCut">): OpenListenerSession {
    const { ipv6Only } = ask;
    const binder = new SystemBinder({ clock: new FakeClock() });
    const listener = binder.listenTcp(ask.localAddress, ask.localPort, { ipv6Only });
    return {
      listener,
      ...this.#session({ close: () => listener.close() }, events),
      accept: async (events) => {
        const connection = await listener.accept();
        return connection && { connection, ...this.#session(connection, events) };
      },
    };
  }

  /** Breaks every connection off, as a crash would. */
  crash(): void {
    for (const socket of this.#raw) socket.destroy();
  }

  /** Ends the rig. */
  async close(): Promise<void> {
    for (const gatehouse of this.#gatehouses) gatehouse.close();
    this.crash();
    await Promise.all(this.relays.map((relay) => relay.closed));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Does what `close()` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.origin);
    let text = "";
    for await (const piece of request) text += piece;
    const call: ApiCall = {
      name: `${request.method} ${url.pathname.replace("/api/v1", "")}`,
      query: url.searchParams,
      token: request.headers.authorization?.replace("Bearer ", "") ?? null,
      body: text === "" ? undefined : JSON.parse(text),
    };
    this.calls.push(call);
    const answer = await (this.answers.get(call.name)?.(call) ?? this.#defaultAnswer(call));
    if ("events" in answer) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for await (const piece of answer.events) response.write(piece);
      return void response.end();
    }
    const [status, body] = "json" in answer
      ? [200, answer.json]
      : [answer.problem.status, answer.problem];
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  }

  #defaultAnswer(call: ApiCall): ApiAnswer {
    switch (call.name) {
      case "GET /health":
        return { json: { status: "ok", version: "test" } };
      case "POST /apps":
        return { json: { app: rigApp, token: call.token === fakeToken(1) ? null : fakeToken(1) } };
      case "GET /apps/me":
      case "GET /apps/me/wait":
        return call.token === fakeToken(1) ? { json: rigApp } : problem("token-unknown", 401);
      default:
        return problem("not-found", 404);
    }
  }
}

/** A TCP server on loopback whose connections the test serves. */
export class LoopbackServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections: Deno.TcpConn[] = [];

  /** The port that it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** The next connection. */
  async accept(): Promise<Deno.TcpConn> {
    const connection = await this.#listener.accept();
    this.#connections.push(connection);
    return connection;
  }

  /** Serves every connection with a function, until the server is closed. */
  serve(handle: (connection: Deno.TcpConn) => Promise<void>): this {
    (async () => {
      for (;;) handle(await this.accept()).catch(() => {});
    })().catch(() => {});
    return this;
  }

  /** Closes the server and its connections. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // The test has closed it already.
      }
    }
  }
}
