/** The question that `decide()` answers: plain data about one app, one target and one moment. @module */
import type { App } from "../schema/app.ts";
import type { BudgetUse } from "../schema/budget.ts";
import type { Capability } from "../schema/capability.ts";
import type { SessionId } from "../schema/ids.ts";
import type { Mode } from "../schema/settings.ts";
import type { GrantIndex } from "./grant_index.ts";
import type { Policy } from "./policy.ts";

/** A limit that is reached: why, and when trying again makes sense. */
export interface ReachedLimit {
  readonly message: string;
  readonly retryAfterMs: number;
}

/** Everything a decision depends on. */
export interface Question {
  /** Who asks; null when the app is gone. */
  readonly app: App | null;
  readonly capability: Capability;
  /** The target as text, in the grammar of the capability. */
  readonly target: string;
  /** Every address that the target's name has; null while it has not been looked up. */
  readonly addresses: readonly string[] | null;
  /** Whether the connection is encrypted; taken for plain when absent. */
  readonly secureTransport?: boolean;
  /** The name that the server has to prove, where that is not the target's own host. */
  readonly serverName?: string | undefined;
  /** The session that is reviewed; null when none is open yet. */
  readonly sessionId: SessionId | null;
  /**
   * The rules that an open session rests on when it asks for something further, which is one use more of every other grant;
   * absent when what is open is decided on again.
   */
  readonly furtherTo?: readonly string[] | undefined;
  readonly policy: Policy;
  readonly grants: GrantIndex;
  readonly mode: Mode;
  /** Whether it is asked from a page inside another site's page that has not let it; see `frame_ancestry.ts`. */
  readonly inThirdPartyFrame?: boolean;
  /** Whether the server answers a CORS preflight on this port; false while nobody has asked it. */
  readonly answersCors?: boolean;
  /** The hosts that the person blocked for all apps, in the form of `readBlockedHost()`; none when absent. */
  readonly blockedHosts?: Pick<ReadonlySet<string>, "has">;
  /** The limit that stands in the way, if one does. */
  readonly limit: ReachedLimit | null;
  /** Whether this (app, capability, target) is under embargo. */
  readonly embargoed: boolean;
  /** What has been used of grants that have a budget, by their ids; nothing where it is absent. */
  readonly budgetUses?: Pick<ReadonlyMap<string, BudgetUse>, "get">;
  /** The machine's own interface addresses in canonical form. */
  readonly ownAddresses: ReadonlySet<string>;
  /** The addresses that reach everyone on a network of the machine; none when absent. */
  readonly broadcastAddresses?: ReadonlySet<string>;
  /** The ports that the broker itself listens on. */
  readonly brokerPorts: readonly number[];
  readonly nowMs: number;
}
