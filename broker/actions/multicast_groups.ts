/** The multicast groups of a bound UDP socket: joined under `udp-multicast`, left when that ends. @module */
import { type GroupWish, groupWish } from "../core/datagram_wish.ts";
import { decide } from "../core/decide.ts";
import type { Decision } from "../schema/decision.ts";
import type { Session } from "../schema/session.ts";
import { type Broker, ConnectError, type UdpSocket } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { readTarget } from "./read_target.ts";
import { denied, refusal } from "./refused_connection.ts";
import { addRules } from "./session_use.ts";
import type { SettleWish } from "./settle_wish.ts";
import type { GroupAsk } from "./udp_session.ts";

/** How many groups a socket is in, those included that it is about to join. Linux lets 20. */
export const maxGroups = 20;

const capability = "udp-multicast";

/** What groups are joined with. */
export interface MulticastGroupsParts {
  readonly broker: Broker;
  readonly session: Session;
  readonly socket: UdpSocket;
  readonly settle: SettleWish;
  readonly signal: AbortSignal;
  /** A group was left because its permission ended. */
  onLeft(group: GroupAsk): void;
}

interface Membership {
  readonly wish: GroupWish;
  /** The group in the app's own words. */
  readonly ask: GroupAsk;
  ruleIds: readonly string[];
}

/** The groups of one socket. */
export class MulticastGroups {
  readonly #parts: MulticastGroupsParts;
  readonly #memberships = new Map<string, Membership>();
  readonly #joining = new Set<string>();

  constructor(parts: MulticastGroupsParts) {
    this.#parts = parts;
  }

  /** The grants that let them. */
  get ruleIds(): string[] {
    return [...this.#memberships.values()].flatMap(({ ruleIds }) => ruleIds);
  }

  /**
   * Joins a group; one that was joined already stays so.
   *
   * @throws ConnectError
   */
  async join(ask: GroupAsk): Promise<void> {
    const { broker, session, socket, settle, signal } = this.#parts;
    const wish = this.#read(ask);
    const key = keyOf(wish);
    if (this.#memberships.has(key)) return;
    if (this.#joining.has(key)) throw denied("invalid-target", "This group is being joined.");
    if (this.#memberships.size + this.#joining.size >= maxGroups) throw tooManyGroups;
    this.#joining.add(key);
    try {
      await settle({ capability, target: wish.target }, [wish.address]);
      // Using up what is good for once takes time, in which somebody may deny it.
      const decision = this.#decide(wish);
      if (decision.effect !== "allow") throw refusal(decision);
      const { ruleIds } = decision;
      if (signal.aborted) throw denied("withdrawn", "The socket was closed meanwhile.");
      socket.join(wish);
      this.#memberships.set(key, { wish, ask, ruleIds });
      addRules(broker, session, ruleIds, wish.target.text);
    } finally {
      this.#joining.delete(key);
    }
  }

  /**
   * Leaves a group.
   *
   * @throws ConnectError `invalid-target` when it was not joined.
   */
  leave(ask: GroupAsk): void {
    const wish = this.#read(ask);
    if (!this.#memberships.delete(keyOf(wish))) {
      throw denied("invalid-target", "This group was not joined.");
    }
    this.#parts.socket.leave(wish);
  }

  /** Decides again on every group, and leaves those that are no longer allowed. */
  review(): void {
    const { socket, onLeft } = this.#parts;
    for (const [key, membership] of [...this.#memberships]) {
      const { wish, ask } = membership;
      const decision = this.#decide(wish);
      membership.ruleIds = decision.ruleIds;
      if (decision.effect === "allow") continue;
      this.#memberships.delete(key);
      socket.leave(wish);
      onLeft(ask);
    }
  }

  #decide({ target }: GroupWish): Decision {
    const { broker, session: { appId, id: sessionId } } = this.#parts;
    return decide(questionFor(broker, { appId, capability, target: target.text, sessionId }));
  }

  #read(ask: GroupAsk): GroupWish {
    return readTarget(() => groupWish(ask, this.#parts.session.localPort));
  }
}

function keyOf({ address, source }: GroupWish): string {
  return `${address} ${source ?? ""}`;
}

const tooManyGroups = new ConnectError({
  code: "limited",
  phase: "policy",
  message: `A socket is in at most ${maxGroups} groups at a time.`,
});
