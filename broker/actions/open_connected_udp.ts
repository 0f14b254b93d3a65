/** Opening a UDP socket for one peer: ask, look the name up once, decide on every address, register. @module */
import { type DatagramWish, datagramWish } from "../core/datagram_wish.ts";
import { reachableAddress } from "../core/reachable_address.ts";
import { literalAddress } from "../core/socket_address.ts";
import { unaddressedHost } from "../core/unaddressed.ts";
import type { AppId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import { datagramPlaces } from "./datagram_limits.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import { lookUp } from "./look_up.ts";
import { nameHost } from "./name_host.ts";
import {
  type Broker,
  ConnectError,
  type DatagramPlace,
  type Endpoint,
  type UdpSocket,
} from "./ports.ts";
import { readTarget } from "./read_target.ts";
import { denied } from "./refused_connection.ts";
import { type RegisteredSession, registerSession } from "./register_session.ts";
import type { SocketEvents } from "./socket_session.ts";
import { takeConnection } from "./take_connection.ts";
import type { ConnectedUdpAsk, OpenUdpSession, UdpSessionEvents } from "./udp_session.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;

/**
 * Opens a UDP socket that talks with one peer, under `udp-send`, or `udp-multicast` where the peer is a group. Of a
 * name's addresses one is used: there is no way to learn which of them answers.
 *
 * @throws ConnectError with phase `policy`, `dns` or `connect`.
 */
export async function openConnectedUdp(
  broker: Broker,
  appId: AppId,
  given: ConnectedUdpAsk,
  events: SocketEvents,
): Promise<OpenUdpSession> {
  const ask = await withHost(broker, appId, given, events);
  const { capability, target } = readWish(ask);
  const { contextId, reason, userActivation, frame, remotePort: port } = ask;
  const wish = { capability, target: target.text, secureTransport: false } as const;
  const literal = literalAddress(target);
  let addresses: readonly string[] | null = literal === null ? null : [literal];
  let leave: (() => void) | null = null;
  try {
    for (let round = 0; round < maxRounds; round++) {
      const decision = await decideOrWait(broker, appId, {
        ...{ ...wish, addresses, reason, userActivation, frame },
      }, events);
      if (decision === "answered") continue;
      leave ??= takeConnection(broker, appId, capability, target);
      if (addresses === null) {
        addresses = await lookUp(broker, target, ask.family, events.signal);
        continue;
      }
      const remote = { address: reachableAddress(addresses, broker.machine.ownAddresses()), port };
      const places = () => datagramPlaces(broker, appId, remote.address, target.text);
      const limits = { places: places() };
      const socket = await broker.udp.connect(remote);
      const registered: RegisteredSession | null = await registerSession(broker, {
        ...{ appId, contextId, capability, target, addresses, local: socket.local, remote },
        ...{ tls: null, decision, events, leave, countsDatagrams: true },
        review: () => limits.places = places(),
        close: () => socket.close(),
      });
      if (registered) return join(broker, registered, socket, remote, limits);
      leave();
      leave = null;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  } catch (fault) {
    leave?.();
    throw fault;
  }
}

/** The same wish, with the place that the person has named where the app has left that to them. */
async function withHost(
  broker: Broker,
  appId: AppId,
  ask: ConnectedUdpAsk,
  events: SocketEvents,
): Promise<ConnectedUdpAsk> {
  if (ask.remoteAddress !== unaddressedHost) return ask;
  const { reason, userActivation, frame } = ask;
  const wish = { capability: "udp-send", secureTransport: false } as const;
  const { host, port } = await nameHost(broker, appId, ask.remotePort, {
    ...{ ...wish, reason, userActivation, frame },
  }, events);
  return { ...ask, remoteAddress: host, remotePort: port };
}

function readWish({ remoteAddress, remotePort }: ConnectedUdpAsk): DatagramWish {
  return readTarget(() => datagramWish(remoteAddress, remotePort));
}

/** The session over its socket: what goes out is counted, and held to the limits. */
function join(
  broker: Broker,
  registered: RegisteredSession,
  socket: UdpSocket,
  remote: Endpoint,
  limits: { places: readonly DatagramPlace[] },
): OpenUdpSession {
  const { session } = registered;
  const { datagrams } = session;
  let tell: UdpSessionEvents | null = null;
  const drop = (error: SessionError) => {
    if (datagrams) datagrams.droppedSent++;
    tell?.onDropped(error);
  };
  return {
    session,
    local: socket.local,
    remote,
    end: registered.end,
    receive: (events) => {
      tell = events;
      socket.receive({
        onDatagram: events.onDatagram,
        onFault: (fault) => events.onFault(fault.error),
      });
    },
    send: async ({ host, bytes }) => {
      if (host !== "") throw misaddressed;
      const limit = broker.limits.datagram(limits.places, broker.clock.nowMs(), bytes.length);
      if (limit) return drop({ code: "limited", phase: "policy", ...limit });
      await socket.send(bytes, remote);
      session.bytesSent += bytes.length;
      if (datagrams) datagrams.sent++;
    },
    join: () => Promise.reject(noGroups),
    leave: () => {
      throw noGroups;
    },
  };
}

const misaddressed = new ConnectError({
  code: "protocol-error",
  phase: "transfer",
  message: "A connected socket sends to its peer only.",
});

const noGroups = new ConnectError({
  code: "invalid-target",
  phase: "policy",
  message: "Only a bound socket joins groups.",
});
