/** How this machine is connected, from its platform: files of Linux, programs of macOS and Windows; unknown elsewhere. @module */
import type { Clock, NetworkProbe } from "../actions/ports.ts";
import {
  isLinuxUp,
  isNetshConnected,
  isSameConnectivity,
  linuxDefaultInterface,
  linuxDefaultInterface6,
  linuxKind,
  macDefaultInterface,
  macKind,
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
  /** A file's text; null when it can't be read. */
  readFile(path: string): Promise<string | null>;
  exists(path: string): Promise<boolean>;
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

  async #linux(): Promise<Connectivity> {
    const platform = this.#platform;
    const [routes, routes6] = await Promise.all([
      platform.readFile("/proc/net/route"),
      platform.readFile("/proc/net/ipv6_route"),
    ]);
    if (routes === null && routes6 === null) return unknownConnectivity;
    const name = linuxDefaultInterface(routes ?? "") ?? linuxDefaultInterface6(routes6 ?? "");
    if (name === null) return { ...unknownConnectivity, online: false };
    const directory = `/sys/class/net/${name}`;
    const read = async (file: string) => await platform.readFile(`${directory}/${file}`) ?? "";
    const [operstate, type, uevent, isWireless, isTunnel, nmcli] = await Promise.all([
      read("operstate"),
      read("type"),
      read("uevent"),
      platform.exists(`${directory}/wireless`),
      platform.exists(`${directory}/tun_flags`),
      platform.run("nmcli", ["-t", "-f", "GENERAL.METERED", "device", "show", name]),
    ]);
    const found = { operstate, type, uevent, isWireless, isTunnel };
    return {
      online: isLinuxUp(found),
      kind: linuxKind(found),
      metered: nmcli === null ? null : nmcliMetered(nmcli),
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
  async readFile(path) {
    return await Deno.readTextFile(path).catch(() => null);
  },
  async exists(path) {
    return await Deno.stat(path).then(() => true, () => false);
  },
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
