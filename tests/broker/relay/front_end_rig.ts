/** A front end between a test that plays the client and a test that plays the server. @module */
import type { OpenSocket } from "../../../broker/relay/open_socket.ts";
import type { OpenUdp } from "../../../broker/relay/relay_opens.ts";
import type { FrontEndLimits } from "../../../broker/relay/front_end_limits.ts";
import { TunnelConnection } from "../../../broker/relay/tunnel_connection.ts";
import {
  decodeWispPacket,
  encodeWispPacket,
  type WispPacket,
} from "../../../broker/relay/wisp_codec.ts";
import { WispConnection, type WispVersion } from "../../../broker/relay/wisp_connection.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { OpenTcpSession } from "../../../broker/actions/tcp_session.ts";
import type { OpenUdpSession } from "../../../broker/actions/udp_session.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";
import { FakeMessageSocket } from "../../fakes/fake_message_socket.ts";
import { fakeId, FakeSecrets } from "../../fakes/fake_secrets.ts";
import { ScriptedConnection } from "../../fakes/scripted_connection.ts";
import { fakeSession, type Opened, type Opening, type UdpOpening } from "./relay_rig.ts";
import { ScriptedUdp } from "./scripted_udp.ts";

/** What every front end needs around it. */
class Surroundings {
  readonly socket = new FakeMessageSocket();
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  /** What was asked for, each to be answered by the test. */
  readonly openings: Opening[] = [];
  readonly contextId = fakeId("ctx", 1);
  readonly #secrets = new FakeSecrets();

  readonly open: OpenSocket = (ask, events) => {
    const { promise, resolve, reject } = Promise.withResolvers<OpenTcpSession>();
    events.signal.addEventListener("abort", () => reject(refusal("withdrawn")));
    this.openings.push({
      ask,
      events,
      succeed: async () => {
        const connection = new ScriptedConnection();
        const ends: (SessionError | null)[] = [];
        const session = fakeSession(this.#secrets.newId("sess"));
        resolve({ session, connection, end: (error) => ends.push(error) });
        await settle();
        return { connection, session, ends };
      },
      fail: async (fault) => {
        reject(fault);
        await settle();
      },
    });
    return promise;
  };

  /** What was asked for as UDP, each to be answered by the test. */
  readonly udpOpenings: UdpOpening[] = [];

  readonly openUdp: OpenUdp = (ask, events) => {
    const { promise, resolve, reject } = Promise.withResolvers<OpenUdpSession>();
    events.signal.addEventListener("abort", () => reject(refusal("withdrawn")));
    this.udpOpenings.push({
      ask,
      events,
      succeed: async () => {
        const session = fakeSession(this.#secrets.newId("sess"));
        const udp = new ScriptedUdp(session, { address: "192.0.2.53", port: 53 });
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
  };

  /** The newest opening succeeds. */
  async succeed(): Promise<Opened> {
    const opening = this.openings.at(-1);
    if (!opening) throw new Error("nothing was opened");
    return await opening.succeed();
  }
}

/** Why a session failed. */
export function refusal(
  code: SessionError["code"],
  phase: SessionError["phase"] = "policy",
): ConnectError {
  return new ConnectError({ code, phase, message: `It was ${code}.` });
}

/** A Wisp connection and everything around it. */
export class WispRig extends Surroundings {
  readonly wisp: WispConnection;

  constructor(version: WispVersion = 1, limits: Partial<FrontEndLimits> = {}) {
    super();
    const { socket: webSocket, ...common } = this;
    this.wisp = new WispConnection({ ...common, webSocket, version, limits });
  }

  /** Every packet that the broker sent, in order. */
  get sent(): WispPacket[] {
    return this.socket.sent.map((message) => decodeWispPacket(message));
  }

  /** What was sent for one stream, each packet in a word or two; DATA as its text. */
  told(streamId: number): string[] {
    return this.sent.filter((packet) => packet.streamId === streamId).map((packet) => {
      switch (packet.type) {
        case "CONTINUE":
          return `CONTINUE ${packet.creditPackets}`;
        case "CLOSE":
          return `CLOSE 0x${packet.reason.toString(16).padStart(2, "0")}`;
        case "DATA":
          return new TextDecoder().decode(packet.bytes);
        default:
          return packet.type;
      }
    });
  }

  /** The client sends packets, one after the other; all that follows from them has happened afterwards. */
  async send(...packets: WispPacket[]): Promise<void> {
    for (const packet of packets) this.socket.emit("message", encodeWispPacket(packet), true);
    await settle();
  }

  /** The client asks for a connection to `example.com:993`, and gets one. */
  async opened(streamId: number): Promise<Opened> {
    await this.send(connect(streamId));
    return await this.succeed();
  }
}

/** A tunnel to `example.com:993` and everything around it. */
export class TunnelRig extends Surroundings {
  readonly tunnel: TunnelConnection;

  constructor(limits: Partial<FrontEndLimits> = {}) {
    super();
    const { socket: webSocket, ...common } = this;
    const target = { host: "example.com", port: 993 };
    this.tunnel = new TunnelConnection({ ...common, webSocket, target, limits });
  }

  /** Everything that the broker sent, as text. */
  get sentText(): string {
    return this.socket.sent.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }

  /** The client sends a message; all that follows from it has happened afterwards. */
  async send(bytes: Uint8Array, isBinary = true): Promise<void> {
    this.socket.emit("message", bytes, isBinary);
    await settle();
  }
}

/** CONNECT to `example.com:993`. */
export function connect(streamId: number, streamType = 1): WispPacket {
  return { type: "CONNECT", streamId, streamType, port: 993, host: "example.com" };
}

/** DATA of a text. */
export function data(streamId: number, text: string): WispPacket {
  return { type: "DATA", streamId, bytes: utf8(text) };
}

/** The bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
