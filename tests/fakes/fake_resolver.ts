/** A resolver over a table of names. @module */
import type { Resolver } from "../../broker/actions/ports.ts";

/** A `Resolver` that remembers what it was asked. */
export class FakeResolver implements Resolver {
  /** Addresses by name; a name that is not there has none. */
  readonly addresses = new Map<string, string[]>();
  /** Every name that was looked up, in order. */
  readonly asked: string[] = [];

  resolve(name: string): Promise<string[]> {
    this.asked.push(name);
    return Promise.resolve(this.addresses.get(name) ?? []);
  }
}
