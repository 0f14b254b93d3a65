/** Accepting a connection of a listener: a session of its own, under the listener's permission and the app's limits. @module */
import { decide } from "../core/decide.ts";
import type { Target } from "../core/target.ts";
import { type Broker, ConnectError, type TcpConnection, type TcpListener } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { type RegisteredSession, registerSession } from "./register_session.ts";
import type { SocketEvents } from "./socket_session.ts";
import { takeConnection } from "./take_connection.ts";
import type { OpenTcpSession } from "./tcp_session.ts";

/** What is accepted for whom. */
export interface Acceptance {
  /** The listener's session. */
  registered: RegisteredSession;
  listener: TcpListener;
  target: Target;
  events: Pick<SocketEvents, "onCut">;
}

/** Waits for the next connection; null once the listener is closed. A connection beyond the app's limits waits for them. */
export async function acceptSession(
  broker: Broker,
  { registered, listener, target, events }: Acceptance,
): Promise<OpenTcpSession | null> {
  const { session: { appId, contextId, capability, id } } = registered;
  for (;;) {
    const connection = await listener.accept();
    if (!connection) return null;
    const close = () => connection.close();
    try {
      const leave = await takePlace(broker, registered, target, connection);
      if (!leave) return null;
      const subject = { appId, capability, target: target.text, sessionId: id };
      const decision = decide(questionFor(broker, subject));
      const { local, remote } = connection;
      const accepted = await registerSession(broker, {
        ...{ appId, contextId, capability, target, addresses: [], local, remote, tls: null },
        ...{ decision, events, leave, close, listener: registered },
      });
      if (accepted) return { ...accepted, connection };
      // Its permission ended; if the listener's did too, it is closed by now.
    } catch (fault) {
      close();
      throw fault;
    }
  }
}

/** Takes the connection out of the app's limits, waiting for room; null when the listener was closed meanwhile. */
async function takePlace(
  broker: Broker,
  { session }: RegisteredSession,
  target: Target,
  connection: TcpConnection,
): Promise<(() => void) | null> {
  while (broker.sessions.get(session.id)) {
    try {
      return takeConnection(broker, session.appId, session.capability, target);
    } catch (fault) {
      if (!(fault instanceof ConnectError) || fault.error.code !== "limited") throw fault;
      await roomOrEnd(broker, session.id, fault.error.retryAfterMs ?? 1000);
    }
  }
  connection.close();
  return null;
}

/** Waits for a while, or until the session is over. */
function roomOrEnd(broker: Broker, sessionId: string, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      unsubscribe();
      resolve();
    };
    const cancel = broker.clock.setTimer(waitMs, done);
    const unsubscribe = broker.sessions.subscribe(({ kind, session }) => {
      if (kind === "closed" && session.id === sessionId) done();
    });
  });
}
