/** What opening a UDP socket takes and gives: the app's wish, and the open session. @module */
import type { FrameAncestry } from "../schema/frame.ts";
import type { ContextId, RequestId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import type { Endpoint } from "./ports.ts";
import type { OpenSession } from "./socket_session.ts";

/** What every UDP socket is asked for with. */
interface UdpAskBase {
  /** The relay that it runs over. */
  contextId: ContextId;
  reason: string | null;
  userActivation: boolean;
  /** The pages around the app's page; absent when there are none. */
  frame?: FrameAncestry | undefined;
}

/** A socket for one peer. */
export interface ConnectedUdpAsk extends UdpAskBase {
  kind: "connected";
  /** A name or an address as the app wrote it. */
  remoteAddress: string;
  remotePort: number;
  /** Look up only addresses of this family. */
  family?: 4 | 6 | undefined;
}

/** A socket for any number of peers. */
export interface BoundUdpAsk extends UdpAskBase {
  kind: "bound";
  /** An address of this machine, as the app wrote it. */
  localAddress: string;
  /** Undefined: one that the system chooses. */
  localPort: number | undefined;
  ipv6Only: boolean;
  sharesAddress: boolean;
  /** Undefined: as the system has it, which is 1. */
  multicastTimeToLive: number | undefined;
  multicastLoopback: boolean;
}

/** The UDP socket that an app wants. */
export type UdpAsk = ConnectedUdpAsk | BoundUdpAsk;

/** A datagram of the app. */
export interface OutgoingDatagram {
  /** Where to, as the app wrote it; empty for the peer of a connected socket. */
  readonly host: string;
  readonly port: number;
  /** Look up only addresses of this family. */
  readonly family: 4 | 6 | undefined;
  /** Not to be written to afterwards. */
  readonly bytes: Uint8Array;
}

/** A group as the app names it. */
export interface GroupAsk {
  readonly groupAddress: string;
  readonly sourceAddress?: string | undefined;
}

/** What an open UDP socket tells. */
export interface UdpSessionEvents {
  /** A datagram came that the app may have; `bytes` may be overwritten once this returns. */
  onDatagram(bytes: Uint8Array, from: Endpoint): void;
  /** A datagram of the app was dropped, and counted. */
  onDropped(error: SessionError): void;
  /** A group was left because its permission ended. */
  onLeft(group: GroupAsk): void;
  /** The socket is over by itself. */
  onFault(error: SessionError): void;
  /** A person is asked about a destination or a group. */
  onWaiting(requestId: RequestId): void;
}

/** An open UDP session. */
export interface OpenUdpSession extends OpenSession {
  readonly local: Endpoint;
  /** The peer; null for a bound socket. */
  readonly remote: Endpoint | null;
  /** Starts receiving; called once. */
  receive(events: UdpSessionEvents): void;
  /**
   * Takes a datagram: it is sent, dropped and counted, or held until its destination is decided on. Resolves when the next
   * may follow. Throws `ConnectError` when the socket itself is at fault: the session is to be ended then.
   */
  send(datagram: OutgoingDatagram): Promise<void>;
  /**
   * Joins a group, asking the person if need be.
   *
   * @throws ConnectError `denied` and its like, `invalid-target`, `limited`, or `unreachable` when the system refuses.
   */
  join(group: GroupAsk): Promise<void>;
  /** Leaves a group; throws `ConnectError` `invalid-target` when it was not joined. */
  leave(group: GroupAsk): void;
}
