/** Deciding on a socket, and waiting for the person where there is no answer yet. @module */
import { decide } from "../core/decide.ts";
import type { App } from "../schema/app.ts";
import type { Capability } from "../schema/capability.ts";
import type { Decision } from "../schema/decision.ts";
import type { FrameAncestry } from "../schema/frame.ts";
import type { AccessRequest } from "../schema/request.ts";
import type { AppId, ContextId, SessionId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { type Asked, askPermission, type TransportWish } from "./ask_permission.ts";
import { awaitRequest } from "./await_request.ts";
import { leaveRequest } from "./leave_request.ts";
import { limitAsking } from "./limit_asking.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { denied, refusal, refusedRequest } from "./refused_connection.ts";
import type { SocketEvents } from "./socket_session.ts";

/** What a socket needs to be allowed. */
export interface SocketWish extends TransportWish {
  readonly capability: Capability;
  /** The target's text, in the grammar of the capability. */
  readonly target: string;
  /** Every address of the target's name; null while it has not been looked up. */
  readonly addresses: readonly string[] | null;
  /** The app's own words. */
  readonly reason: string | null;
  readonly userActivation: boolean;
  /** The pages around the app's page; absent when there are none. */
  readonly frame?: FrameAncestry | undefined;
  /** The session that goes on under it; null or absent when none is open yet. */
  readonly sessionId?: SessionId | null;
  /** What that session rests on already. */
  readonly furtherTo?: readonly string[] | undefined;
}

/**
 * Decides, and asks the person where nobody has decided yet.
 *
 * @returns The decision that allows it, or `answered` after a person has answered, which calls for deciding again: the
 * policy may have changed meanwhile, and the answer may be spent.
 * @throws ConnectError with phase `policy`: denied, silenced, withdrawn, limited, not installed, invalid target.
 */
export async function decideOrWait(
  broker: Broker,
  appId: AppId,
  wish: SocketWish,
  events: Pick<SocketEvents, "signal" | "onWaiting">,
): Promise<Decision | "answered"> {
  const { capability, target, addresses, frame, sessionId = null, furtherTo } = wish;
  const { secureTransport, serverName } = wish;
  const transport = { secureTransport, serverName };
  const subject = {
    appId,
    capability,
    target,
    addresses,
    frame,
    ...transport,
    sessionId,
    furtherTo,
  };
  const decision = decide(questionFor(broker, subject));
  if (decision.effect === "allow") return decision;
  const app = broker.store.get("app", appId)?.record;
  if (decision.effect === "deny" || !app) {
    throw refusal(limitAsking(broker, subject, decision));
  }
  const contextId = broker.secrets.newId("ctx");
  const asked = await askPermission(broker, app, { ...wish, contextId });
  await waitForAnswer(broker, app, asked, contextId, events);
  return "answered";
}

/**
 * Waits until a person has allowed what was asked.
 *
 * @returns The request as it ended; null when something else had answered it at once.
 * @throws ConnectError with phase `policy`.
 */
export async function waitForAnswer(
  broker: Broker,
  app: App,
  asked: Asked,
  contextId: ContextId,
  { signal, onWaiting }: Pick<SocketEvents, "signal" | "onWaiting">,
): Promise<AccessRequest | null> {
  const { decision, request } = asked;
  if (decision.effect === "deny") throw refusal(decision);
  if (request === null) return null;
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
  return ended;
}
