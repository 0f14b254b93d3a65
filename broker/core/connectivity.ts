/** Reading how a machine is connected out of what its platform says: pure parsers of files and of other programs' words. @module */
import type { Connectivity, NetworkKind } from "../schema/network.ts";

/** One interface as Linux describes it in `/sys/class/net/NAME`. */
export interface LinuxInterface {
  /** `operstate`: `up`, `down`, `unknown`. */
  readonly operstate: string;
  /** `type`: the ARP hardware type, a number. */
  readonly type: string;
  /** `uevent`: lines of `NAME=value`. */
  readonly uevent: string;
  /** Whether there is a directory `wireless`. */
  readonly isWireless: boolean;
  /** Whether there is a file `tun_flags`. */
  readonly isTunnel: boolean;
}

const routeIsUp = 0x1;
const routeIsReject = 0x200;

/** The interface of the default route with the lowest metric, of `/proc/net/route`; null when there is none. */
export function linuxDefaultInterface(routes: string): string | null {
  const defaults = routes.split("\n").slice(1).flatMap((line) => {
    const [name, destination, , flags, , , metric, mask] = line.split(/\s+/);
    const bits = Number.parseInt(flags ?? "", 16);
    if (destination !== "00000000" || mask !== "00000000" || !(bits & routeIsUp)) return [];
    return bits & routeIsReject ? [] : [{ name: name ?? "", metric: Number(metric) }];
  });
  return defaults.sort((a, b) => a.metric - b.metric)[0]?.name ?? null;
}

/** The same of `/proc/net/ipv6_route`. */
export function linuxDefaultInterface6(routes: string): string | null {
  const defaults = routes.split("\n").flatMap((line) => {
    const [destination, length, , , , metric, , , flags, name] = line.trim().split(/\s+/);
    const bits = Number.parseInt(flags ?? "", 16);
    if (destination !== "0".repeat(32) || length !== "00" || !(bits & routeIsUp)) return [];
    if (bits & routeIsReject || name === "lo") return [];
    return [{ name: name ?? "", metric: Number.parseInt(metric ?? "", 16) }];
  });
  return defaults.sort((a, b) => a.metric - b.metric)[0]?.name ?? null;
}

// linux/if_arp.h
const etherType = "1";
const noneType = "65534";

/** What a Linux interface is. */
export function linuxKind({ type, uevent, isWireless, isTunnel }: LinuxInterface): NetworkKind {
  const kind = /^DEVTYPE=(.*)$/m.exec(uevent)?.[1] ?? "";
  if (isTunnel || kind === "wireguard" || type.trim() === noneType) return "vpn";
  if (isWireless || kind === "wlan") return "wifi";
  if (kind === "wwan") return "mobile";
  return type.trim() === etherType ? "ethernet" : "unknown";
}

/** Whether a Linux interface carries anything; tunnels do not know. */
export function isLinuxUp({ operstate }: LinuxInterface): boolean {
  return ["up", "unknown"].includes(operstate.trim());
}

/** `GENERAL.METERED` of `nmcli -t -f GENERAL.METERED device show NAME`. */
export function nmcliMetered(output: string): boolean | null {
  const word = /^GENERAL\.METERED:(yes|no)\b/m.exec(output)?.[1];
  return word === undefined ? null : word === "yes";
}

/** The interface in `route -n get default` of macOS; null when there is no route. */
export function macDefaultInterface(output: string): string | null {
  return /^\s*interface:\s*(\S+)/m.exec(output)?.[1] ?? null;
}

/** What an interface of macOS is, by `networksetup -listallhardwareports`. */
export function macKind(name: string, hardwarePorts: string): NetworkKind {
  if (/^(utun|ipsec|ppp|tun|tap)\d/.test(name)) return "vpn";
  const blocks = hardwarePorts.split(/\n\s*\n/);
  const own = blocks.find((block) => new RegExp(`^Device: ${name}$`, "m").test(block)) ?? "";
  const port = /^Hardware Port: (.*)$/m.exec(own)?.[1] ?? "";
  if (/Wi-?Fi|AirPort/i.test(port)) return "wifi";
  if (/iPhone|iPad|WWAN|Modem/i.test(port)) return "mobile";
  return /Ethernet|Thunderbolt|LAN/i.test(port) ? "ethernet" : "unknown";
}

/** Whether `netsh wlan show interfaces`, or `netsh mbn show interfaces`, of Windows tells of one with a network. */
export function isNetshConnected(output: string): boolean {
  // The words of the state are translated; an interface with a network has a signal, or a provider.
  return /^\s*(SSID|Provider Name)\s*:\s*\S/m.test(output);
}

/** Whether two descriptions say the same. */
export function isSameConnectivity(a: Connectivity, b: Connectivity): boolean {
  return a.online === b.online && a.kind === b.kind && a.metered === b.metered &&
    a.dataSaver === b.dataSaver;
}
