/** How this machine is connected, by the programs of its platform: Linux, macOS and Windows; unknown elsewhere. @module */
import type { Clock, NetworkProbe } from "../actions/ports.ts";
import {
  isNetshConnected,
  isSameConnectivity,
  linuxDefaultInterface,
  linuxLink,
  macDefaultInterface,
  macKind,
  nmcliKind,
  nmcliMetered,
} from "../core/connectivity.ts";
import { type Connectivity, unknownConnectivity } from "../schema/network.ts";

/** How often the platform is asked while somebody follows. */
export const pollMs = 5000;
/** How long a program of the platform may take. */
const programTimeoutMs = 2000;

/** Where a probe asks. A test stands in for it. */
export interface Platform {
  readonly os: string;
  /** What a program prints; null when there is none, it may not be run, or it fails. */
  run(program: string, args: readonly string[]): Promise<string | null>;
  interfaces(): { name: string; address: string; family: 4 | 6 }[];
}

/** The `NetworkProbe` port over the platform. */
export class SystemNetworkProbe implements NetworkProbe {
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #platform: Platform;
  readonly #listeners = new Set<(connectivity: Connectivity) => void>();
  #last: Connectivity | null = null;
  #cancel: (() => void) | null = null;

  constructor(
    { clock, platform = thisPlatform }: {
      clock: Pick<Clock, "setTimer">;
      platform?: Platform;
    },
  ) {
    this.#clock = clock;
    this.#platform = platform;
  }

  /** How things stand now. Never rejects. */
  async connectivity(): Promise<Connectivity> {
    try {
      switch (this.#platform.os) {
        case "linux":
          return await this.#linux();
        case "darwin":
          return await this.#mac();
        case "windows":
          return await this.#windows();
      }
    } catch {
      // What a platform says in a way that nobody foresaw tells nothing.
    }
    return unknownConnectivity;
  }

  interfaces(): { name: string; address: string; family: 4 | 6 }[] {
    return this.#platform.interfaces();
  }

  /** Calls `listener` when how things stand has changed; the platform is asked as long as somebody listens. */
  subscribe(listener: (connectivity: Connectivity) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#poll();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#cancel?.();
      this.#cancel = this.#last = null;
    };
  }

  async #poll(): Promise<void> {
    const now = await this.connectivity();
    if (this.#listeners.size === 0) return;
    const changed = this.#last !== null && !isSameConnectivity(this.#last, now);
    this.#last = now;
    if (changed) { for (const listener of [...this.#listeners]) listener(now); }
    this.#cancel?.();
    this.#cancel = this.#clock.setTimer(pollMs, () => void this.#poll());
  }

  // Not from /proc and /sys: Deno reads those only where everything is allowed.
  async #linux(): Promise<Connectivity> {
    const platform = this.#platform;
    const [v4, v6] = await Promise.all([
      platform.run("ip", ["-j", "route", "show", "default"]),
      platform.run("ip", ["-j", "-6", "route", "show", "default"]),
    ]);
    const names = [v4, v6].map((routes) => linuxDefaultInterface(routes ?? ""));
    const name = names.find((found) => typeof found === "string");
    if (!name) return { ...unknownConnectivity, online: names.includes(null) ? false : null };
    const [link, nmcli] = await Promise.all([
      platform.run("ip", ["-d", "-j", "link", "show", "dev", name]),
      platform.run("nmcli", ["-t", "-f", "GENERAL.TYPE,GENERAL.METERED", "device", "show", name]),
    ]);
    const found = linuxLink(link ?? "");
    return {
      online: found?.isUp ?? null,
      kind: nmcliKind(nmcli ?? "") ?? found?.kind ?? "unknown",
      metered: nmcliMetered(nmcli ?? ""),
      dataSaver: null,
    };
  }

  async #mac(): Promise<Connectivity> {
    const [route, ports] = await Promise.all([
      this.#platform.run("route", ["-n", "get", "default"]),
      this.#platform.run("networksetup", ["-listallhardwareports"]),
    ]);
    if (route === null) return unknownConnectivity;
    const name = macDefaultInterface(route);
    if (name === null) return { ...unknownConnectivity, online: false };
    return { ...unknownConnectivity, online: true, kind: macKind(name, ports ?? "") };
  }

  async #windows(): Promise<Connectivity> {
    const [wlan, mobile] = await Promise.all([
      this.#platform.run("netsh", ["wlan", "show", "interfaces"]),
      this.#platform.run("netsh", ["mbn", "show", "interfaces"]),
    ]);
    if (wlan !== null && isNetshConnected(wlan)) {
      return { ...unknownConnectivity, online: true, kind: "wifi" };
    }
    if (mobile !== null && isNetshConnected(mobile)) {
      return { ...unknownConnectivity, online: true, kind: "mobile" };
    }
    return unknownConnectivity;
  }
}

const thisPlatform: Platform = {
  os: Deno.build.os,
  async run(program, args) {
    try {
      const { success, stdout } = await new Deno.Command(program, {
        args: [...args],
        stdin: "null",
        stdout: "piped",
        stderr: "null",
        env: { LC_ALL: "C" },
        signal: AbortSignal.timeout(programTimeoutMs),
      }).output();
      return success ? new TextDecoder().decode(stdout) : null;
    } catch {
      return null;
    }
  },
  interfaces: () =>
    Deno.networkInterfaces().map(({ name, address, family }) => ({
      name,
      address,
      family: family === "IPv4" ? 4 : 6,
    })),
};
