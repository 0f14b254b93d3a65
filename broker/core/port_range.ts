/** Ranges of ports, as targets write them. @module */
import { TargetError } from "./target_error.ts";

/** Which ports a target is for, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Every port there is. */
export const anyPort: PortRange = { first: 1, last: 65535 };

function parsePort(text: string): number {
  if (/^\d{1,9}$/.test(text) && (Number(text) === 0 || Number(text) > anyPort.last)) {
    throw new TargetError(
      "port-out-of-range",
      "Ports go from 1 to 65535. Write * for any port.",
    );
  }
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new TargetError(
      "bad-port",
      "A port is a number without leading zeros (993), a range (80-90), or * for any.",
    );
  }
  return Number(text);
}

/**
 * Reads `*`, a number from 1 to 65535, or two of them with a hyphen between.
 * @throws TargetError for anything else.
 */
export function parsePorts(text: string): PortRange {
  if (text === "") {
    throw new TargetError("missing-port", "Add a port after the colon, or * for any port.");
  }
  if (text === "*") return anyPort;
  const dash = text.indexOf("-");
  if (dash < 0) {
    const port = parsePort(text);
    return { first: port, last: port };
  }
  const range = { first: parsePort(text.slice(0, dash)), last: parsePort(text.slice(dash + 1)) };
  if (range.first > range.last) {
    throw new TargetError(
      "reversed-port-range",
      `Write the lower port first: ${range.last}-${range.first}.`,
    );
  }
  return range;
}

/** Writes a range in canonical form: `*`, one number, or two with a hyphen. */
export function formatPorts({ first, last }: PortRange): string {
  if (first === last) return String(first);
  return first === anyPort.first && last === anyPort.last ? "*" : `${first}-${last}`;
}

/** Whether every port of `inner` is in `outer`. */
export function portsContain(outer: PortRange, inner: PortRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
