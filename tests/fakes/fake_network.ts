/** A network that a test changes. @module */
import type { NetworkProbe } from "../../broker/actions/ports.ts";
import type { Connectivity } from "../../broker/schema/network.ts";

/** A `NetworkProbe` that says what it is told to. */
export class FakeNetwork implements NetworkProbe {
  readonly #listeners = new Set<(connectivity: Connectivity) => void>();
  #now: Connectivity = { online: true, kind: "wifi", metered: false, dataSaver: null };

  /** How many listen. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  connectivity(): Promise<Connectivity> {
    return Promise.resolve(this.#now);
  }

  interfaces(): { name: string; address: string; family: 4 | 6 }[] {
    return [
      { name: "lo", address: "127.0.0.1", family: 4 },
      { name: "wlan0", address: "192.168.7.7", family: 4 },
      { name: "wlan0", address: "fe80::1%wlan0", family: 6 },
      { name: "wlan0", address: "2606:2800:220:1::1", family: 6 },
    ];
  }

  subscribe(listener: (connectivity: Connectivity) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes how things stand, and tells whoever listens. */
  change(parts: Partial<Connectivity>): void {
    this.#now = { ...this.#now, ...parts };
    for (const listener of this.#listeners) listener(this.#now);
  }
}
