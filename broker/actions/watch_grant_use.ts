/** Watching what grants are used for: gathered in memory, written at most every ten seconds. @module */
import type { GrantUse } from "../schema/grant_use.ts";
import type { GrantId } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";
import type { Broker, Put, Removal } from "./ports.ts";
import { transact } from "./transact.ts";

/** How long use is gathered before it is written. */
export const useFlushMs = 10_000;

const maxAtOnce = 400;

/** Keeps count of every grant's use. */
export interface GrantUseWatch {
  /** Writes what was gathered, now. */
  flush(): Promise<void>;
  /** Writes what was gathered, and ends the watching. */
  stop(): Promise<void>;
}

type Gathered = Pick<GrantUse, "useCount" | "lastUsedAtMs" | "bytes">;

/** Starts the watching. What was counted of grants that are gone is taken out. */
export function watchGrantUse(broker: Broker): GrantUseWatch {
  const gathered = new Map<string, Gathered>();
  let cancel: (() => void) | null = null;
  const flush = async () => {
    cancel?.();
    cancel = null;
    const part = [...gathered].slice(0, maxAtOnce);
    for (const [id] of part) gathered.delete(id);
    await write(broker, new Map(part));
    if (gathered.size > 0) await flush();
  };
  const arm = () => {
    cancel ??= broker.clock.setTimer(useFlushMs, () => {
      flush().catch((fault) => broker.log.error("grant-use-not-written", fault));
    });
  };
  const stops = [
    broker.sessions.subscribe(({ kind, session }) => {
      for (const id of grantsOf(broker, session)) {
        gathered.set(id, add(gathered.get(id), kind, session, broker.clock.nowMs()));
        arm();
      }
    }),
    broker.store.subscribe(({ removed }) => {
      if (removed.some(({ noun }) => noun === "grant")) arm();
    }),
  ];
  arm();
  return {
    flush,
    async stop() {
      for (const stop of stops) stop();
      await flush();
    },
  };
}

/** The grants among what allows a session; rules of the policy are not counted. */
function grantsOf({ store }: Broker, { ruleIds }: Session): string[] {
  return ruleIds.filter((id) => store.get("grant", id) !== undefined);
}

function add(
  before: Gathered = { useCount: 0, lastUsedAtMs: 0, bytes: 0 },
  kind: "opened" | "closed",
  { bytesSent, bytesReceived }: Session,
  nowMs: number,
): Gathered {
  return {
    useCount: before.useCount + (kind === "opened" ? 1 : 0),
    lastUsedAtMs: nowMs,
    bytes: before.bytes + (kind === "closed" ? bytesSent + bytesReceived : 0),
  };
}

async function write(broker: Broker, gathered: ReadonlyMap<string, Gathered>): Promise<void> {
  await transact<void>(broker, () => {
    const removals: Removal[] = [];
    for (const { id } of broker.store.list("grantUse")) {
      if (!broker.store.get("grant", id) && removals.length < maxAtOnce) {
        removals.push({ noun: "grantUse", id });
      }
    }
    const puts: Put[] = [];
    for (const [id, more] of gathered) {
      const grant = broker.store.get("grant", id)?.record;
      if (grant) puts.push({ noun: "grantUse", id, record: added(broker, grant.id, more) });
    }
    const nothing = removals.length + puts.length === 0;
    return { batch: nothing ? null : { puts, removals }, result: undefined };
  });
}

function added(broker: Broker, id: GrantId, more: Gathered): GrantUse {
  const before = broker.store.get("grantUse", id)?.record;
  return {
    v: 1,
    id,
    useCount: (before?.useCount ?? 0) + more.useCount,
    lastUsedAtMs: Math.max(before?.lastUsedAtMs ?? 0, more.lastUsedAtMs),
    bytes: (before?.bytes ?? 0) + more.bytes,
  };
}
