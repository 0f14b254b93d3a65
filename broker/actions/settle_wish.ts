/** Getting a further permission for a session that is open: a destination, a group. @module */
import type { Capability } from "../schema/capability.ts";
import type { Decision } from "../schema/decision.ts";
import type { GrantId } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";
import { decideOrWait, type SocketWish } from "./decide_or_wait.ts";
import { onceGrant, spendOnce } from "./once_grant.ts";
import type { Broker } from "./ports.ts";
import { denied } from "./refused_connection.ts";
import type { SocketEvents } from "./socket_session.ts";

/** What is wished for. */
export interface FurtherWish {
  readonly capability: Capability;
  readonly target: { readonly text: string };
}

/**
 * Decides, asks the person where nobody has decided yet, and uses up what is good for once.
 *
 * @returns The decision that allows it.
 * @throws ConnectError with phase `policy`.
 */
export type SettleWish = (
  wish: FurtherWish,
  addresses: readonly string[] | null,
) => Promise<Decision>;

const maxRounds = 8;

/**
 * Makes the function that gets further permissions for one session.
 *
 * @param ask What the socket was asked for with.
 * @param alsoSpent Takes the once-only grants that were used up; they end with the session.
 */
export function settlerFor(
  broker: Broker,
  session: Session,
  ask: Pick<SocketWish, "reason" | "userActivation" | "frame">,
  alsoSpent: Set<GrantId>,
  events: Pick<SocketEvents, "signal" | "onWaiting">,
): SettleWish {
  const { appId, id: sessionId } = session;
  const { reason, userActivation, frame } = ask;
  return async ({ capability, target }, addresses) => {
    const wish = {
      ...{ capability, target: target.text, addresses, secureTransport: false },
      ...{ reason, userActivation, frame, sessionId },
    };
    for (let round = 0; round < maxRounds; round++) {
      const furtherTo = session.ruleIds;
      const decision = await decideOrWait(broker, appId, { ...wish, furtherTo }, events);
      if (decision === "answered") continue;
      const once = onceGrant(broker, decision);
      // A name's addresses are decided on later: what is good for once is used up then.
      if (!once || addresses === null) return decision;
      if (!await spendOnce(broker, once, sessionId)) continue;
      alsoSpent.add(once.record.id);
      return decision;
    }
    throw denied("denied", `The permission for ${target.text} ended before it could be used.`);
  };
}
