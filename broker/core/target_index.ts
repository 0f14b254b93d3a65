/** Entries by target, so that a decision looks at few of them. @module */
import type { CapabilityTarget } from "./capability_target.ts";
import { HostIndex } from "./host_index.ts";

/** Entries of one host: those for one port by that port, all others in a list. */
interface PortEntries<Entry> {
  readonly onePort: Map<number, Entry[]>;
  readonly ranges: Entry[];
}

/**
 * Entries by target. What it visits for a target includes every entry whose target covers it, and few others: whoever
 * asks still has to look at each.
 */
export class TargetIndex<Entry> {
  readonly #sockets = new HostIndex<PortEntries<Entry>>();
  readonly #patterns = new HostIndex<Entry[]>();
  readonly #always: Entry[] = [];

  /** Puts an entry under one of its targets. */
  add(target: CapabilityTarget, entry: Entry): void {
    switch (target.kind) {
      case "whole":
        return this.addAlways(entry);
      case "pattern":
        this.#patterns.at(target.pattern.host, () => []).push(entry);
        return;
      case "socket": {
        const { host, ports } = target.socket;
        const { onePort, ranges } = this.#sockets.at(host, noEntries);
        if (ports.first !== ports.last) {
          ranges.push(entry);
          return;
        }
        const entries = onePort.get(ports.first);
        if (entries) entries.push(entry);
        else onePort.set(ports.first, [entry]);
      }
    }
  }

  /** Puts an entry where it is always visited. */
  addAlways(entry: Entry): void {
    this.#always.push(entry);
  }

  /** Calls `visit` with every entry that may cover the target; more than once with one of several targets. */
  visit(target: CapabilityTarget, visit: (entry: Entry) => void): void {
    for (const entry of this.#always) visit(entry);
    if (target.kind === "pattern") {
      this.#patterns.visitCovering(target.pattern.host, (entries) => entries.forEach(visit));
    }
    if (target.kind !== "socket") return;
    const { host, ports } = target.socket;
    this.#sockets.visitCovering(host, ({ onePort, ranges }) => {
      ranges.forEach(visit);
      if (ports.first === ports.last) onePort.get(ports.first)?.forEach(visit);
    });
  }
}

function noEntries<Entry>(): PortEntries<Entry> {
  return { onePort: new Map(), ranges: [] };
}
