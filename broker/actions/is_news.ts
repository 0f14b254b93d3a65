/** What an app can repeat at will is written into the history now and then, so that it can't fill it. @module */
import type { Broker } from "./ports.ts";

/** What is repeated is written down once in this time. */
const repeatAfterMs = 60 * 60 * 1000;
/** How many different facts of one group are written down in that time. */
const maxPerGroup = 50;

/** What was written down of each group: when. Kept as long as the broker itself. */
const written = new WeakMap<Broker["store"], Map<string, Map<string, number>>>();

/**
 * Whether a fact is worth a line of history; if so, it counts as written.
 *
 * @param group Whoever could repeat itself, and with what: a kind of entry and an app, say.
 */
export function isNews(
  { store, clock }: Pick<Broker, "store" | "clock">,
  group: string,
  fact: string,
): boolean {
  const nowMs = clock.nowMs();
  let groups = written.get(store);
  if (!groups) written.set(store, groups = new Map());
  const known = groups.get(group) ?? new Map<string, number>();
  for (const [fact, atMs] of known) {
    if (nowMs - atMs >= repeatAfterMs) known.delete(fact);
  }
  if (known.has(fact) || known.size >= maxPerGroup) return false;
  groups.set(group, known.set(fact, nowMs));
  return true;
}
