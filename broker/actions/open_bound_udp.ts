/** Opening a UDP socket that is bound to an address of this machine: ask, bind, register; then each destination for itself. @module */
import { boundTarget } from "../core/datagram_wish.ts";
import { type IpFamily, parseIpAddress } from "../core/ip_address.ts";
import { literalAddress } from "../core/socket_address.ts";
import type { AppId, GrantId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import { BoundDestinations } from "./bound_destinations.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import { MulticastGroups } from "./multicast_groups.ts";
import { type Broker, ConnectError, type UdpSocket } from "./ports.ts";
import { readTarget } from "./read_target.ts";
import { denied } from "./refused_connection.ts";
import { type RegisteredSession, registerSession } from "./register_session.ts";
import { settlerFor } from "./settle_wish.ts";
import type { SocketEvents } from "./socket_session.ts";
import { takeConnection } from "./take_connection.ts";
import type { BoundUdpAsk, OpenUdpSession, UdpSessionEvents } from "./udp_session.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;

/**
 * Opens a bound UDP socket under `udp-bind`.
 *
 * @throws ConnectError with phase `policy` or `connect`.
 */
export async function openBoundUdp(
  broker: Broker,
  appId: AppId,
  ask: BoundUdpAsk,
  events: SocketEvents,
): Promise<OpenUdpSession> {
  const capability = "udp-bind" as const;
  const target = readTarget(() => boundTarget(ask.localAddress, ask.localPort));
  const address = literalAddress(target) ?? "";
  const { contextId, reason, userActivation, frame } = ask;
  const wish = {
    capability,
    ...{ target: target.text, addresses: [address], secureTransport: false },
    ...{ reason, userActivation, frame },
  } as const;
  let leave: (() => void) | null = null;
  try {
    for (let round = 0; round < maxRounds; round++) {
      const decision = await decideOrWait(broker, appId, wish, events);
      if (decision === "answered") continue;
      leave ??= takeConnection(broker, appId, capability, target);
      const socket = await bind(broker, address, ask);
      const alsoSpent = new Set<GrantId>();
      const parts: { review: () => void; close: () => void } = { review() {}, close() {} };
      const registered = await registerSession(broker, {
        ...{ appId, contextId, capability, target, addresses: [address], local: socket.local },
        ...{ remote: null, tls: null, decision, events, leave, alsoSpent, countsDatagrams: true },
        review: () => parts.review(),
        close: () => {
          socket.close();
          parts.close();
        },
      });
      if (registered) return join(broker, registered, socket, ask, alsoSpent, parts);
      leave();
      leave = null;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  } catch (fault) {
    leave?.();
    throw fault;
  }
}

async function bind(broker: Broker, address: string, ask: BoundUdpAsk): Promise<UdpSocket> {
  return await broker.udp.bind({
    address,
    port: ask.localPort ?? null,
    ipv6Only: ask.ipv6Only,
    sharesAddress: ask.sharesAddress,
    multicastTimeToLive: ask.multicastTimeToLive ?? 1,
    multicastLoopback: ask.multicastLoopback,
  });
}

/** The session over its socket: its destinations and groups are decided on one by one. */
function join(
  broker: Broker,
  registered: RegisteredSession,
  socket: UdpSocket,
  ask: BoundUdpAsk,
  alsoSpent: Set<GrantId>,
  parts: { review: () => void; close: () => void },
): OpenUdpSession {
  const { session } = registered;
  const { datagrams } = session;
  const aborter = new AbortController();
  const { signal } = aborter;
  let tell: UdpSessionEvents | null = null;
  const drop = (error: SessionError) => {
    if (datagrams) datagrams.droppedSent++;
    tell?.onDropped(error);
  };
  const settle = settlerFor(broker, session, ask, alsoSpent, {
    signal,
    onWaiting: (requestId) => tell?.onWaiting(requestId),
  });
  const destinations = new BoundDestinations({
    ...{ broker, session, families: familiesOf(socket, ask), settle, signal },
    onDrop: drop,
    onOpen: async ({ bytes }, { endpoint, places }) => {
      const limit = broker.limits.datagram(places, broker.clock.nowMs(), bytes.length);
      if (limit) return drop({ code: "limited", phase: "policy", ...limit });
      try {
        await socket.send(bytes, endpoint);
      } catch (fault) {
        // One destination that can't be reached does not concern the others; a datagram too long would go nowhere.
        if (!(fault instanceof ConnectError) || fault.error.code === "message-too-big") throw fault;
        return drop(fault.error);
      }
      session.bytesSent += bytes.length;
      if (datagrams) datagrams.sent++;
    },
    onFault: (fault) => tell?.onFault(fault.error),
  });
  const groups = new MulticastGroups({
    ...{ broker, session, socket, settle, signal },
    onLeft: (group) => tell?.onLeft(group),
  });
  parts.close = () => aborter.abort();
  parts.review = () => {
    destinations.review();
    groups.review();
    session.ruleIds = [
      ...new Set([...session.ruleIds, ...destinations.ruleIds, ...groups.ruleIds]),
    ];
  };
  return {
    session,
    local: socket.local,
    remote: null,
    end: registered.end,
    receive: (events) => {
      tell = events;
      socket.receive({
        onDatagram: (bytes, from) => {
          destinations.heard(from);
          events.onDatagram(bytes, from);
        },
        onFault: (fault) => events.onFault(fault.error),
      });
    },
    send: (datagram) => destinations.send(datagram),
    join: (group) => groups.join(group),
    leave: (group) => groups.leave(group),
  };
}

/** A socket on `::` sends IPv4 too, unless it was asked not to. */
function familiesOf({ local }: UdpSocket, { ipv6Only }: BoundUdpAsk): readonly IpFamily[] {
  if (parseIpAddress(local.address)?.family === 4) return [4];
  return local.address === "::" && !ipv6Only ? [4, 6] : [6];
}
