/** Opening a TCP socket for an app: ask, look the name up once, decide on every address, dial one, encrypt, register. @module */
import { decide } from "../core/decide.ts";
import { serverNameOf } from "../core/server_name.ts";
import { literalAddress } from "../core/socket_address.ts";
import { socketTarget, type Target, TargetError } from "../core/target.ts";
import type { App } from "../schema/app.ts";
import type { Decision } from "../schema/decision.ts";
import type { AppId, ContextId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { type Asked, askPermission } from "./ask_permission.ts";
import { awaitRequest } from "./await_request.ts";
import { leaveRequest } from "./leave_request.ts";
import { limitAsking } from "./limit_asking.ts";
import { type Broker, ConnectError, type StartTlsOptions, type TcpConnection } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { refuseCorsHost } from "./refuse_cors_host.ts";
import { denied, refusal, refusedRequest } from "./refused_connection.ts";
import { registerSession } from "./register_session.ts";
import { takeConnection } from "./take_connection.ts";
import type { OpenTcpSession, TcpAsk, TcpEvents } from "./tcp_session.ts";

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
  ask: TcpAsk,
  events: TcpEvents,
): Promise<OpenTcpSession> {
  const target = readTarget(ask);
  const tlsOptions = readTls(ask, target, events.signal);
  const { signal } = events;
  let addresses: readonly string[] | null = literalAddresses(target);
  let leave: (() => void) | null = null;
  try {
    for (let round = 0; round < maxRounds; round++) {
      const decision = await decideOrWait(broker, appId, target, addresses, ask, events);
      if (decision === "answered") continue;
      // Before the look-up, so that DNS is not a way around the limits.
      leave ??= takeConnection(broker, appId, target);
      if (addresses === null) {
        addresses = await lookUp(broker, target, ask, signal);
        continue;
      }
      await refuseCorsHost(broker, appId, target, addresses, signal);
      const connection = await dial(broker, target, addresses, ask, signal);
      // Before it is registered: a once-only grant is not spent on a server that cannot prove its name.
      const tls = tlsOptions && await connection.startTls(tlsOptions);
      const dialed = { appId, ask, target, addresses, connection, tls, decision, events, leave };
      const opened = await registerSession(broker, dialed);
      if (opened) return opened;
      leave();
      leave = null;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  } catch (fault) {
    leave?.();
    throw fault;
  }
}

function readTarget(ask: TcpAsk): Target {
  try {
    return socketTarget(ask.remoteAddress, ask.remotePort);
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}

function readTls({ tls }: TcpAsk, target: Target, signal: AbortSignal): StartTlsOptions | null {
  if (!tls) return null;
  try {
    return { serverName: serverNameOf(target, tls.serverName), alpn: tls.alpn ?? [], signal };
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}

function literalAddresses(target: Target): readonly string[] | null {
  const literal = literalAddress(target);
  return literal === null ? null : [literal];
}

/** An allowance at once, or `answered` after a person has answered, which calls for deciding again. */
async function decideOrWait(
  broker: Broker,
  appId: AppId,
  target: Target,
  addresses: readonly string[] | null,
  ask: TcpAsk,
  events: TcpEvents,
): Promise<Decision | "answered"> {
  const { frame } = ask;
  const about = { appId, capability: "tcp-connect", target: target.text } as const;
  const secureTransport = ask.tls !== undefined;
  const subject = { ...about, addresses, frame, secureTransport };
  const decision = decide(questionFor(broker, subject));
  if (decision.effect === "allow") return decision;
  const app = broker.store.get("app", appId)?.record;
  if (decision.effect === "deny" || !app) {
    throw refusal(limitAsking(broker, subject, decision));
  }
  const contextId = broker.secrets.newId("ctx");
  const asked = await askPermission(broker, app, {
    ...subject,
    reason: ask.reason,
    userActivation: ask.userActivation,
    contextId,
  });
  return await waitForAnswer(broker, app, asked, contextId, events);
}

async function waitForAnswer(
  broker: Broker,
  app: App,
  asked: Asked,
  contextId: ContextId,
  { signal, onWaiting }: TcpEvents,
): Promise<"answered"> {
  const { decision, request } = asked;
  if (decision.effect === "deny") throw refusal(decision);
  if (request === null) return "answered";
  broker.log.info("request-waiting", { appId: app.id, requestId: request.id });
  onWaiting(request.id);
  const ended = await awaitRequest(broker, request.id, signal).catch((fault) => {
    // The request is gone with its app.
    if (fault instanceof ActionError) throw denied("not-installed", "The app was uninstalled.");
    throw fault;
  });
  if (ended.outcome === null) {
    await leaveRequest(broker, request.id, contextId);
    throw denied("withdrawn", "The app no longer wants this connection.");
  }
  if (ended.outcome !== "allowed") throw refusedRequest(ended);
  return "answered";
}

async function lookUp(
  broker: Broker,
  target: Target,
  ask: TcpAsk,
  signal: AbortSignal,
): Promise<string[]> {
  if (target.host.kind !== "name") throw denied("invalid-target", "Name one host, or one address.");
  const options = ask.family === undefined ? { signal } : { family: ask.family, signal };
  const addresses = await broker.resolver.resolve(target.host.name, options);
  if (addresses.length > 0) return addresses;
  throw new ConnectError({
    code: "name-not-resolved",
    phase: "dns",
    message: `The name ${target.host.name} has no address.`,
  });
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
