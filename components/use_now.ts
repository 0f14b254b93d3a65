/** The broker's time in an island: what the snapshot said, carried on by the browser's own clock. @module */
import { useEffect, useState } from "preact/hooks";
import type { Dashboard } from "./dashboard_model.ts";

/**
 * The time now, in whole milliseconds since 1970, as the broker's clock has it. Renders again every `everyMs`. The first value
 * is the snapshot's own, so that the page hydrates as it was rendered.
 */
export function useNow({ snapshot }: Dashboard, everyMs = 1000): number {
  const brokerNowMs = snapshot.value.nowMs;
  const [nowMs, setNowMs] = useState(brokerNowMs);
  useEffect(() => {
    const sinceMs = performance.now();
    const tick = () => setNowMs(brokerNowMs + Math.round(performance.now() - sinceMs));
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [brokerNowMs, everyMs]);
  return Math.max(nowMs, brokerNowMs);
}
