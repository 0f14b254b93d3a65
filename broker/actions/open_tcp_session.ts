/** Opening a TCP socket for an app: ask, look the name up once, decide on every address, dial one, encrypt, register. @module */
import { otherServerName } from "../core/server_name.ts";
import { literalAddress } from "../core/socket_address.ts";
import { socketTarget, type Target, TargetError } from "../core/target.ts";
import { unaddressedHost } from "../core/unaddressed.ts";
import type { AppId } from "../schema/ids.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import { lookUp } from "./look_up.ts";
import { encryptSession } from "./encrypt_session.ts";
import { nameHost } from "./name_host.ts";
import { type Broker, ConnectError, type TcpConnection } from "./ports.ts";
import { refuseCorsHost } from "./refuse_cors_host.ts";
import { denied } from "./refused_connection.ts";
import { registerSession } from "./register_session.ts";
import { takeConnection } from "./take_connection.ts";
import type { OpenSession, SocketEvents } from "./socket_session.ts";
import { startTlsOptions } from "./start_tls_options.ts";
import type { OpenTcpSession, TcpAsk } from "./tcp_session.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;

/**
 * Opens a TCP socket under the app's permissions, asking the person where there is no answer yet.
 *
 * @throws ConnectError with phase `policy` (denied, silenced, withdrawn, limited, not installed, invalid target), `dns`,
 * `connect` or `tls`.
 */
export async function openTcpSession(
  broker: Broker,
  appId: AppId,
  given: TcpAsk,
  events: SocketEvents,
): Promise<OpenTcpSession> {
  const ask = await withHost(broker, appId, given, events);
  const target = readTarget(ask);
  const { signal } = events;
  const tlsOptions = ask.tls ? startTlsOptions(ask.tls, target, signal) : null;
  const wish = {
    capability: "tcp-connect",
    target: target.text,
    secureTransport: tlsOptions !== null,
    serverName: tlsOptions ? otherServerName(target.text, tlsOptions.serverName) : undefined,
    clientCertificate: tlsOptions?.clientCertificate !== undefined,
    upgradable: ask.upgradable === true,
    reason: ask.reason,
    userActivation: ask.userActivation,
    frame: ask.frame,
  } as const;
  let addresses: readonly string[] | null = literalAddresses(target);
  let leave: (() => void) | null = null;
  try {
    for (let round = 0; round < maxRounds; round++) {
      const decision = await decideOrWait(broker, appId, { ...wish, addresses }, events);
      if (decision === "answered") continue;
      // Before the look-up, so that DNS is not a way around the limits.
      leave ??= takeConnection(broker, appId, "tcp-connect", target);
      if (addresses === null) {
        addresses = await lookUp(broker, target, ask.family, signal);
        continue;
      }
      await refuseCorsHost(broker, appId, target, addresses, signal);
      const connection = await dial(broker, target, addresses, ask, signal);
      // Before it is registered: a once-only grant is not spent on a server that cannot prove its name.
      const tls = tlsOptions && await connection.startTls(tlsOptions);
      const { contextId } = ask;
      const { local, remote } = connection;
      const registered = await registerSession(broker, {
        ...{ appId, contextId, capability: "tcp-connect", target, addresses, local, remote, tls },
        ...{ decision, events, leave },
        close: () => connection.close(),
      });
      if (registered) return toOpened(broker, registered, connection, target, ask);
      leave();
      leave = null;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  } catch (fault) {
    leave?.();
    throw fault;
  }
}

function toOpened(
  broker: Broker,
  registered: OpenSession,
  connection: TcpConnection,
  target: Target,
  { upgradable }: TcpAsk,
): OpenTcpSession {
  const opened = { ...registered, connection };
  if (!upgradable) return opened;
  return {
    ...opened,
    encrypt: (wish, signal) => encryptSession(broker, opened, target, wish, signal),
  };
}

/** The same wish, with the place that the person has named where the app has left that to them. */
async function withHost(
  broker: Broker,
  appId: AppId,
  ask: TcpAsk,
  events: SocketEvents,
): Promise<TcpAsk> {
  if (ask.remoteAddress !== unaddressedHost) return ask;
  const { reason, userActivation, frame, upgradable, tls } = ask;
  const { host, port } = await nameHost(broker, appId, ask.remotePort, {
    capability: "tcp-connect",
    secureTransport: tls !== undefined,
    serverName: tls?.serverName,
    clientCertificate: tls?.clientCertificate !== undefined,
    upgradable: upgradable === true,
    ...{ reason, userActivation, frame },
  }, events);
  return { ...ask, remoteAddress: host, remotePort: port };
}

function readTarget(ask: TcpAsk): Target {
  try {
    return socketTarget(ask.remoteAddress, ask.remotePort);
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}

function literalAddresses(target: Target): readonly string[] | null {
  const literal = literalAddress(target);
  return literal === null ? null : [literal];
}

async function dial(
  broker: Broker,
  target: Target,
  addresses: readonly string[],
  ask: TcpAsk,
  signal: AbortSignal,
): Promise<TcpConnection> {
  const { noDelay, keepAlive } = ask;
  const connection = await broker.dialer.connectTcp(addresses, target.ports.first, {
    noDelay,
    keepAlive,
    signal,
  });
  if (!addresses.includes(connection.remote.address)) {
    connection.close();
    throw new ConnectError({
      code: "internal-error",
      phase: "connect",
      message: "The connection led to an address that was not decided on, so it was closed.",
    });
  }
  return connection;
}
