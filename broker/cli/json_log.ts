/** The log of a running broker: one JSON line for each event, on standard error. @module */
import type { Clock, Log } from "../actions/ports.ts";

// JSON leaves these as they are; a terminal or a viewer could be led astray by them.
const unsafe = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The `Log` port over `write`, which is given whole lines. */
export function jsonLog(clock: Pick<Clock, "nowMs">, write: (line: string) => void): Log {
  const line = (level: string, event: string, facts: Record<string, unknown>) => {
    const at = new Date(clock.nowMs()).toISOString();
    const text = JSON.stringify({ at, level, event, ...facts });
    const safe = text.replaceAll(
      unsafe,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    write(`${safe}\n`);
  };
  return {
    info: (event, facts = {}) => line("info", event, facts),
    error: (event, fault, facts = {}) => line("error", event, { ...facts, ...describe(fault) }),
  };
}

function describe(fault: unknown): Record<string, unknown> {
  return fault instanceof Error
    ? { fault: `${fault.name}: ${fault.message}`, stack: fault.stack }
    : { fault: String(fault) };
}
