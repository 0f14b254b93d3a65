/** Values by host, so that those whose host covers another are found by a few look-ups. @module */
import { BlockIndex } from "./block_index.ts";
import type { PatternHost } from "./match_pattern.ts";
import type { TargetHost } from "./target.ts";

/** A host of a socket target or of a match pattern. */
export type IndexedHost = TargetHost | PatternHost;

/** Values by host. */
export class HostIndex<Value> {
  #any: Value | null = null;
  readonly #names = new Map<string, Value>();
  readonly #wildcards = new Map<string, Value>();
  readonly #blocks = new BlockIndex<Value>();

  /** The value of exactly this host, made where there is none yet. */
  at(host: IndexedHost, make: () => Value): Value {
    switch (host.kind) {
      case "any":
        return this.#any ??= make();
      case "block":
        return this.#blocks.at(host.block, make);
      default: {
        const values = host.kind === "wildcard" ? this.#wildcards : this.#names;
        let value = values.get(host.name);
        if (value === undefined) values.set(host.name, value = make());
        return value;
      }
    }
  }

  /** Calls `visit` with the value of every host that covers `inner`. */
  visitCovering(inner: IndexedHost, visit: (value: Value) => void): void {
    if (this.#any !== null) visit(this.#any);
    if (inner.kind === "any") return;
    if (inner.kind === "block") return this.#blocks.visitAround(inner.block, visit);
    if (inner.kind !== "wildcard") visitAt(this.#names, inner.name, visit);
    if (this.#wildcards.size === 0) return;
    for (const suffix of suffixesOf(inner.name)) visitAt(this.#wildcards, suffix, visit);
  }
}

// One decision looks the same name up in several indexes; a string's hash is kept with the string.
let suffixedName = "";
let suffixes: readonly string[] = [""];

/** The name, and what is left of it after each dot. */
function suffixesOf(name: string): readonly string[] {
  if (name === suffixedName) return suffixes;
  const all = [name];
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    all.push(name.slice(dot + 1));
  }
  suffixedName = name;
  return suffixes = all;
}

function visitAt<Value>(
  values: ReadonlyMap<string, Value>,
  name: string,
  visit: (value: Value) => void,
): void {
  const value = values.get(name);
  if (value !== undefined) visit(value);
}
