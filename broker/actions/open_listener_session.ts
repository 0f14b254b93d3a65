/** Opening a TCP listener for an app: ask, decide on the address, bind exactly that, register. @module */
import { listenTarget } from "../core/listen_target.ts";
import { portsContain } from "../core/port_range.ts";
import { literalAddress } from "../core/socket_address.ts";
import { type Target, TargetError } from "../core/target.ts";
import type { AppId } from "../schema/ids.ts";
import { acceptSession } from "./accept_session.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import type { ListenerAsk, OpenListenerSession } from "./listener_session.ts";
import { type Broker, ConnectError, type TcpListener } from "./ports.ts";
import { denied } from "./refused_connection.ts";
import { registerSession } from "./register_session.ts";
import type { SocketEvents } from "./socket_session.ts";
import { takeConnection } from "./take_connection.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;
// The system may choose a port that was not decided on, or one of the broker's own.
const maxBindings = 16;

/**
 * Opens a TCP listener under the app's permissions, asking the person where there is no answer yet.
 *
 * @throws ConnectError with phase `policy` (denied, silenced, withdrawn, limited, not installed, invalid target) or
 * `connect` (the address is not this computer's, or in use).
 */
export async function openListenerSession(
  broker: Broker,
  appId: AppId,
  ask: ListenerAsk,
  events: SocketEvents,
): Promise<OpenListenerSession> {
  const target = readTarget(ask);
  const { contextId, reason, userActivation, frame } = ask;
  const capability = "tcp-listen";
  const secureTransport = false;
  const subject = { capability, target: target.text, addresses: null, secureTransport } as const;
  let leave: (() => void) | null = null;
  try {
    for (let round = 0; round < maxRounds; round++) {
      const wish = { ...subject, reason, userActivation, frame };
      const decision = await decideOrWait(broker, appId, wish, events);
      if (decision === "answered") continue;
      leave = takeConnection(broker, appId, capability, target);
      const listener = bind(broker, target, ask);
      const { local } = listener;
      const registered = await registerSession(broker, {
        ...{ appId, contextId, capability, target, addresses: [], local, remote: null, tls: null },
        ...{ decision, events, leave },
        close: () => listener.close(),
      });
      if (registered) {
        return {
          ...registered,
          listener,
          accept: (events) => acceptSession(broker, { registered, listener, target, events }),
        };
      }
      leave();
      leave = null;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  } catch (fault) {
    leave?.();
    throw fault;
  }
}

function readTarget({ localAddress, localPort }: ListenerAsk): Target {
  try {
    return listenTarget(localAddress, localPort);
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}

function bind(broker: Broker, target: Target, ask: ListenerAsk): TcpListener {
  const address = literalAddress(target) ?? "";
  const options = {
    ipv6Only: ask.ipv6Only,
    ...(ask.backlog !== undefined && { backlog: ask.backlog }),
  };
  const unfit: TcpListener[] = [];
  try {
    while (unfit.length < maxBindings) {
      const listener = broker.binder.listenTcp(address, ask.localPort, options);
      const { port } = listener.local;
      const decided = portsContain(target.ports, { first: port, last: port });
      if (decided && !broker.machine.brokerPorts.includes(port)) return listener;
      // Held until another one is found, or the system would choose it again.
      unfit.push(listener);
    }
  } finally {
    for (const listener of unfit) listener.close();
  }
  throw new ConnectError({
    code: "address-in-use",
    phase: "connect",
    message: "This computer has no free port to listen on.",
  });
}
