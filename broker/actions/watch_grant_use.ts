/** Watching what grants are used for: gathered in memory, written at most every ten seconds. @module */
import { type GrantUse, maxUsedTargets } from "../schema/grant_use.ts";
import type { GrantId } from "../schema/ids.ts";
import type { Broker, Put, Removal } from "./ports.ts";
import { sessionUse, type Use } from "./session_use.ts";
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

interface Gathered extends Pick<GrantUse, "useCount" | "lastUsedAtMs" | "bytes"> {
  /** How many of the sessions that opened were for each target; one target more than is kept means too many. */
  readonly targets: ReadonlyMap<string, number>;
}

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
    sessionUse(broker).subscribe((use) => {
      for (const id of grantsOf(broker, use)) {
        gathered.set(id, add(gathered.get(id), use, broker.clock.nowMs()));
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
function grantsOf({ store }: Broker, { ruleIds }: Use): string[] {
  return ruleIds.filter((id) => store.get("grant", id) !== undefined);
}

function add(
  before: Gathered = { useCount: 0, lastUsedAtMs: 0, bytes: 0, targets: new Map() },
  { isConnection, target, bytes }: Use,
  nowMs: number,
): Gathered {
  return {
    useCount: before.useCount + (isConnection ? 1 : 0),
    targets: isConnection ? counted(before.targets, target, 1) : before.targets,
    lastUsedAtMs: nowMs,
    bytes: before.bytes + bytes,
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
  const useCount = before?.useCount ?? 0;
  const targets = usedTargets(before, more);
  return {
    v: 1,
    id,
    useCount: useCount + more.useCount,
    lastUsedAtMs: Math.max(before?.lastUsedAtMs ?? 0, more.lastUsedAtMs),
    bytes: (before?.bytes ?? 0) + more.bytes,
    ...(targets && { targets }),
  };
}

/** What every use was for; undefined once that is not known, or once it is too much to keep. */
function usedTargets(before: GrantUse | undefined, more: Gathered): GrantUse["targets"] {
  if (before && before.useCount > 0 && before.targets === undefined) return undefined;
  let targets: ReadonlyMap<string, number> = new Map(
    before?.targets?.map(({ target, count }) => [target, count]),
  );
  for (const [target, count] of more.targets) targets = counted(targets, target, count);
  if (targets.size > maxUsedTargets) return undefined;
  return [...targets].map(([target, count]) => ({ target, count }));
}

/** The counts with one target's raised. Beyond one target too many, further ones are not told apart. */
function counted(
  targets: ReadonlyMap<string, number>,
  target: string,
  count: number,
): ReadonlyMap<string, number> {
  if (!targets.has(target) && targets.size > maxUsedTargets) return targets;
  return new Map(targets).set(target, (targets.get(target) ?? 0) + count);
}
