/** Watching the clock: grants, silences, embargoes and requests that end by time. @module */
import { grantEndsAtMs } from "../core/grant_match.ts";
import { unusedEndMs } from "../core/unused_grants.ts";
import { putOff } from "./count_put_off.ts";
import { endExpiredEmbargoes } from "./end_embargo.ts";
import { endRequest } from "./end_request.ts";
import { endExpiredGrants, endUnusedGrants } from "./end_grants.ts";
import { grantInUse, idsInUse } from "./grant_in_use.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** How long a request waits for an answer: 24 hours (design section 7). */
export const requestLifetimeMs = 24 * 60 * 60 * 1000;

// A timer of the runtime holds 2^31 - 1 ms at most; a clock that was set back is noticed within an hour too.
const longestWaitMs = 60 * 60 * 1000;
// A store that can't write is asked again at this pace, not in a spin.
const retryAfterMs = 1000;

/** What happens at every due time besides. */
export interface DueTimes {
  /** Called first. */
  onDue(): void;
  /** Writes what grants were used for, so that none that was just used counts as unused. */
  writeUse(): Promise<void>;
}

/** Ends what is due, at every due time, until the returned function is called. */
export function watchTimes(broker: Broker, { onDue, writeUse }: DueTimes): () => void {
  let stopped = false;
  let cancel = () => {};
  const arm = (leastMs: number) => {
    cancel();
    if (stopped) return;
    const waitMs = Math.min(nextDueMs(broker) - broker.clock.nowMs(), longestWaitMs);
    cancel = broker.clock.setTimer(Math.max(waitMs, leastMs), due);
  };
  const due = () => {
    onDue();
    Promise.all([
      endExpiredGrants(broker),
      writeUse().then(() => endUnusedGrants(broker)),
      endExpiredEmbargoes(broker),
      endExpiredRequests(broker),
    ]).then(
      () => arm(0),
      (fault) => {
        broker.log.error("expiry-failed", fault);
        arm(retryAfterMs);
      },
    );
  };
  const unsubscribePolicy = broker.policy.subscribe(() => arm(0));
  const unsubscribe = broker.store.subscribe(({ puts, removed }) => {
    if (puts.length + removed.length > 0) arm(0);
  });
  arm(0);
  return () => {
    stopped = true;
    unsubscribe();
    unsubscribePolicy();
    cancel();
  };
}

function nextDueMs(broker: Broker): number {
  const nowMs = broker.clock.nowMs();
  let next = Infinity;
  const policy = broker.policy.current();
  const inUse = idsInUse(broker);
  for (const grant of broker.store.list("grant")) {
    const unusedMs = unusedEndMs(grantInUse(broker, grant, inUse));
    next = Math.min(next, grant.expiresAtMs ?? Infinity, unusedMs ?? Infinity);
    // What policy alone ends stays stored, for policy may change again; it is due once.
    const endsAtMs = grantEndsAtMs(grant, policy) ?? Infinity;
    if (endsAtMs > nowMs) next = Math.min(next, endsAtMs);
  }
  for (const { silence } of broker.store.list("app")) {
    const untilMs = silence?.untilMs ?? Infinity;
    if (untilMs > nowMs) next = Math.min(next, untilMs);
  }
  for (const { untilMs } of broker.store.list("embargo")) {
    next = Math.min(next, untilMs ?? Infinity);
  }
  for (const request of pendingRequests(broker)) {
    next = Math.min(next, request.createdAtMs + requestLifetimeMs);
  }
  return next;
}

async function endExpiredRequests(broker: Broker): Promise<void> {
  const bornBeforeMs = broker.clock.nowMs() - requestLifetimeMs;
  for (
    const { id } of pendingRequests(broker).filter((request) => request.createdAtMs <= bornBeforeMs)
  ) {
    await transact<void>(broker, () => {
      const stored = broker.store.get("request", id);
      if (!stored || stored.record.outcome !== null) return { batch: null, result: undefined };
      const ending = {
        outcome: "expired",
        message: "Nobody answered for a day.",
        actor: "broker",
      } as const;
      const { batch } = endRequest(broker, stored, ending);
      // Who chose Later did not ignore it, and what was never on the screen could not be ignored.
      const { seenAtMs, postponedAtMs } = stored.record;
      if (seenAtMs === null || postponedAtMs !== null) return { batch, result: undefined };
      const counted = putOff(broker, stored.record, "ignore");
      return {
        batch: {
          checks: [...batch.checks, ...counted.checks],
          puts: [...batch.puts, ...counted.puts],
          history: [...batch.history, ...counted.history],
        },
        result: undefined,
      };
    });
  }
}
