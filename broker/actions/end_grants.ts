/** Permissions that end by themselves: their time is up, or their app has closed. @module */
import { unusedEndMs } from "../core/unused_grants.ts";
import type { AppId } from "../schema/ids.ts";
import type { Grant } from "../schema/grant.ts";
import { grantEnding, whyUnused } from "./grant_ending.ts";
import { grantInUse, idsInUse } from "./grant_in_use.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

const maxAtOnce = 400;

/** Ends every grant whose time is up. */
export function endExpiredGrants(broker: Broker): Promise<void> {
  return endGrants(broker, () => {
    const nowMs = broker.clock.nowMs();
    return [...broker.store.list("grant")].filter((grant) =>
      grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs
    );
  });
}

/** Ends every allowance for always that was not used for 90 days. Whoever misses one can undo it for 30 days. */
export function endUnusedGrants(broker: Broker): Promise<void> {
  return endGrants(broker, () => {
    const nowMs = broker.clock.nowMs();
    const inUse = idsInUse(broker);
    return [...broker.store.list("grant")].filter((grant) => {
      const endMs = unusedEndMs(grantInUse(broker, grant, inUse));
      return endMs !== null && endMs <= nowMs;
    });
  }, whyUnused);
}

/** Whether a grant ends when its app closes: those until then, and those for once. */
export function endsWithApp({ duration }: Grant): boolean {
  return duration.kind === "until-app-closes" || duration.kind === "once";
}

/** Ends the grants of an app that has closed: those until it closes, and those for once that were not used. */
export function endGrantsOfClosedApp(broker: Broker, appId: AppId): Promise<void> {
  return endGrants(
    broker,
    () => broker.store.grantsOf(appId).all.filter(endsWithApp),
  );
}

async function endGrants(broker: Broker, due: () => Grant[], why?: string): Promise<void> {
  while (due().length > 0) {
    await transact<void>(broker, () => {
      const part = due().slice(0, maxAtOnce);
      return {
        batch: {
          checks: part.map(({ id }) => ({
            noun: "grant",
            id,
            version: broker.store.get("grant", id)?.version ?? null,
          })),
          removals: part.map(({ id }) => ({ noun: "grant", id })),
          history: part.map((grant) => grantEnding(broker, grant, "grant-expired", why)),
        },
        result: undefined,
      };
    });
  }
}
