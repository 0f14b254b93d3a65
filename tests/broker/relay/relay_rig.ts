/** A relay between a test that plays the app and a test that plays the server. @module */
import type { ListenerAsk, OpenListenerSession } from "../../../broker/actions/listener_session.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { SocketEvents } from "../../../broker/actions/socket_session.ts";
import type { OpenTcpSession, TcpAsk } from "../../../broker/actions/tcp_session.ts";
import type { OpenUdpSession, UdpAsk } from "../../../broker/actions/udp_session.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import type { ReattachableStream } from "../../../broker/relay/reattachable_stream.ts";
import { ReattachTable, type RelayOwner } from "../../../broker/relay/reattach_table.ts";
import { RelayConnection } from "../../../broker/relay/relay_connection.ts";
import type { Fetch } from "../../../broker/relay/relay_opens.ts";
import type { RelayLimits } from "../../../broker/relay/relay_limits.ts";
import type {
  TcpOpenFrame,
  TcpServerOpenFrame,
  UdpOpenFrame,
} from "../../../broker/schema/relay.ts";
import type { Session, SessionError, TlsFacts } from "../../../broker/schema/session.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";
import { FakeRelaySocket } from "../../fakes/fake_relay_socket.ts";
import { fakeId, FakeSecrets } from "../../fakes/fake_secrets.ts";
import { ScriptedConnection } from "../../fakes/scripted_connection.ts";
import { ScriptedUdp } from "./scripted_udp.ts";

/** One call of `open`, which the test answers. */
export interface Opening {
  ask: TcpAsk;
  events: SocketEvents;
  succeed(): Promise<Opened>;
  fail(fault: unknown): Promise<void>;
}

/** One call of `listen`, which the test answers. */
export interface Listening {
  ask: ListenerAsk;
  events: SocketEvents;
  succeed(): Promise<RigListener>;
  fail(fault: unknown): Promise<void>;
}

/** An open listener to which the test connects. */
export class RigListener implements OpenListenerSession {
  readonly session: Session;
  readonly listener: OpenListenerSession["listener"] = {
    local: { address: "127.0.0.1", port: 40_000 },
  };
  /** Every `end()`, in order. */
  readonly ends: (SessionError | null)[] = [];
  readonly #secrets: FakeSecrets;
  readonly #waiting: ((events: Pick<SocketEvents, "onCut">) => OpenTcpSession)[] = [];
  #wake = () => {};
  #fault: Error | null = null;

  constructor(secrets: FakeSecrets) {
    this.#secrets = secrets;
    this.session = fakeSession(secrets.newId("sess"));
  }

  /** How many connections were not accepted yet. */
  get backlog(): number {
    return this.#waiting.length;
  }

  /** Somebody connects. */
  async connect(): Promise<Accepted> {
    const connection = new ScriptedConnection();
    const session = fakeSession(this.#secrets.newId("sess"));
    const ends: (SessionError | null)[] = [];
    const accepted: Accepted = { connection, session, ends, events: null };
    this.#waiting.push((events) => {
      accepted.events = events;
      const end = (error: SessionError | null) => {
        connection.close();
        ends.push(error);
      };
      return { connection, session, end };
    });
    this.#wake();
    await settle();
    return accepted;
  }

  /** Accepting rejects from now on. */
  fail(fault: Error): void {
    this.#fault = fault;
    this.#wake();
  }

  async accept(events: Pick<SocketEvents, "onCut">): Promise<OpenTcpSession | null> {
    for (;;) {
      if (this.ends.length > 0) return null;
      if (this.#fault) throw this.#fault;
      const take = this.#waiting.shift();
      if (take) return take(events);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  end(error: SessionError | null): void {
    this.ends.push(error);
    this.#wake();
  }
}

/** A connection to a listener; `events` is null until it is accepted. */
export interface Accepted extends Opened {
  events: Pick<SocketEvents, "onCut"> | null;
}

/** An opening that succeeded. */
export interface Opened {
  connection: ScriptedConnection;
  session: Session;
  /** Every `end()` of the session, in order. */
  ends: (SessionError | null)[];
}

/** A session's record, for tests that do not look at it. */
export function fakeSession(id: Session["id"]): Session {
  return {
    id,
    appId: fakeId("app", 1),
    contextId: fakeId("ctx", 1),
    capability: "tcp-connect",
    target: "example.com:993",
    addresses: ["192.0.2.1"],
    remoteAddress: "192.0.2.1",
    remotePort: 993,
    localAddress: "127.0.0.1",
    localPort: 50_000,
    secureTransport: false,
    ruleIds: [],
    openedAtMs: 0,
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
  };
}

/** What an app sends when it says nothing special. */
export const plainOpen: TcpOpenFrame = {
  protocol: "tcp",
  remoteAddress: "example.com",
  remotePort: 993,
  credit: 1_000_000,
  noDelay: false,
  userActivation: false,
};

/** What an app sends that listens and says nothing special. */
export const plainListen: TcpServerOpenFrame = {
  protocol: "tcp-server",
  localAddress: "127.0.0.1",
  ipv6Only: false,
  credit: 0,
  userActivation: false,
};

/** What an app sends that wants a UDP socket for one peer and says nothing special. */
export const connectedOpen: UdpOpenFrame = {
  protocol: "udp",
  remoteAddress: "ns.example.com",
  remotePort: 53,
  credit: 32,
  userActivation: false,
};

/** One call of `udp`, which the test answers. */
export interface UdpOpening {
  ask: UdpAsk;
  events: SocketEvents;
  succeed(): Promise<ScriptedUdp>;
  fail(fault: unknown): Promise<void>;
}

/** A relay and everything around it. */
export class RelayRig {
  socket = new FakeRelaySocket();
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly openings: Opening[] = [];
  readonly listenings: Listening[] = [];
  readonly udpOpenings: UdpOpening[] = [];
  /** Set, connections count as encrypted like this. */
  tls: TlsFacts | null = null;
  relay: RelayConnection;
  /** Which token the next relay is opened with. */
  owner: RelayOwner = { appId: fakeId("app", 1), credentialId: fakeId("cred", 1) };
  /** The sessions that waited for their app, and those to which it came back, in order. */
  readonly parked: Session[] = [];
  readonly resumed: Session[] = [];
  readonly #secrets = new FakeSecrets();
  readonly reattachTable = new ReattachTable<ReattachableStream>(this.#secrets);
  readonly #limits: Partial<RelayLimits>;

  constructor(limits: Partial<RelayLimits> = {}) {
    this.#limits = limits;
    this.relay = this.#connect();
  }

  /** The app opens another relay, which frames go over from now on; what the first one has stays where it is. */
  reconnect(): void {
    this.socket = new FakeRelaySocket();
    this.relay = this.#connect();
  }

  #connect(): RelayConnection {
    return new RelayConnection({
      webSocket: this.socket,
      contextId: fakeId("ctx", 1),
      opens: {
        fetch: (ask, events) => this.fetch(ask, events),
        tcp: (ask, events) => this.#open(ask, events),
        tcpServer: (ask, events) => this.#listen(ask, events),
        udp: (ask, events) => this.#openUdp(ask, events),
      },
      reattach: {
        table: this.reattachTable,
        owner: this.owner,
        onParked: (session) => void this.parked.push(session),
        onResumed: (session) => void this.resumed.push(session),
      },
      clock: this.clock,
      log: this.log,
      limits: this.#limits,
    });
  }

  /** The app sends frames, one after the other; all that follows from them has happened afterwards. */
  async send(...frames: Frame[]): Promise<void> {
    for (const frame of frames) this.socket.deliver(frame);
    await settle();
  }

  /** The app asks for a connection, and gets one. */
  async opened(streamId: number, body: Partial<TcpOpenFrame> = {}): Promise<Opened> {
    await this.send({ type: "OPEN", streamId, body: { ...plainOpen, ...body } });
    const opening = this.openings.at(-1);
    if (!opening) throw new Error("the relay opened nothing");
    return await opening.succeed();
  }

  /** The app asks for a listener, and gets one. */
  async listening(streamId: number, credit: number): Promise<RigListener> {
    await this.send({ type: "OPEN", streamId, body: { ...plainListen, credit } });
    const listening = this.listenings.at(-1);
    if (!listening) throw new Error("the relay opened no listener");
    return await listening.succeed();
  }

  /** The app asks for a UDP socket, and gets one. */
  async openedUdp(streamId: number, body: Partial<UdpOpenFrame> = {}): Promise<ScriptedUdp> {
    const open: UdpOpenFrame = body.localAddress === undefined ? { ...connectedOpen, ...body } : {
      ...{ protocol: "udp", credit: 32, userActivation: false },
      ...body,
    };
    await this.send({ type: "OPEN", streamId, body: open });
    const opening = this.udpOpenings.at(-1);
    if (!opening) throw new Error("the relay opened no UDP socket");
    return await opening.succeed();
  }

  /** What a fetch comes to; a test that fetches sets it. */
  fetch: Fetch = () =>
    Promise.reject(new ConnectError({ code: "denied", phase: "policy", message: "No." }));

  /** The app is sent no more than it was sent so far. */
  forget(): void {
    this.socket.sent.length = 0;
  }

  #openUdp(ask: UdpAsk, events: SocketEvents): Promise<OpenUdpSession> {
    const { promise, resolve, reject } = Promise.withResolvers<OpenUdpSession>();
    this.udpOpenings.push({
      ask,
      events,
      succeed: async () => {
        const remote = ask.kind === "bound" ? null : { address: "192.0.2.53", port: 53 };
        const udp = new ScriptedUdp(fakeSession(this.#secrets.newId("sess")), remote);
        resolve(udp);
        await settle();
        return udp;
      },
      fail: async (fault) => {
        reject(fault);
        await settle();
      },
    });
    return promise;
  }

  #listen(ask: ListenerAsk, events: SocketEvents): Promise<OpenListenerSession> {
    const { promise, resolve, reject } = Promise.withResolvers<OpenListenerSession>();
    this.listenings.push({
      ask,
      events,
      succeed: async () => {
        const listener = new RigListener(this.#secrets);
        resolve(listener);
        await settle();
        return listener;
      },
      fail: async (fault) => {
        reject(fault);
        await settle();
      },
    });
    return promise;
  }

  #open(ask: TcpAsk, events: SocketEvents): Promise<OpenTcpSession> {
    const { promise, resolve, reject } = Promise.withResolvers<OpenTcpSession>();
    this.openings.push({
      ask,
      events,
      succeed: async () => {
        const connection = new ScriptedConnection();
        const ends: (SessionError | null)[] = [];
        const session = fakeSession(this.#secrets.newId("sess"));
        if (this.tls) session.tls = this.tls;
        resolve({
          session,
          connection,
          end: (error) => ends.push(error),
          ...(ask.upgradable && {
            encrypt: (wish, signal) =>
              connection.startTls({
                ...wish,
                serverName: wish.serverName ?? ask.remoteAddress,
                alpn: wish.alpn ?? [],
                signal,
              }),
          }),
        });
        await settle();
        return { connection, session, ends };
      },
      fail: async (fault) => {
        reject(fault);
        await settle();
      },
    });
    return promise;
  }
}
