/** Reading how a machine is connected out of what its platform's programs say: pure parsers. @module */
import type { Connectivity, NetworkKind } from "../schema/network.ts";

/** What `ip -j` prints of a route; it has more members. */
interface IpRoute {
  readonly dst?: unknown;
  readonly dev?: unknown;
  readonly metric?: unknown;
}

/**
 * The interface of the default route with the lowest metric.
 *
 * @param routes What `ip -j route show default` prints, for either family.
 * @returns Null when there is no such route; undefined for a text that is none of it.
 */
export function linuxDefaultInterface(routes: string): string | null | undefined {
  const list = readJson(routes);
  if (!Array.isArray(list)) return undefined;
  const defaults = (list as IpRoute[]).flatMap(({ dst, dev, metric }) =>
    dst === "default" && typeof dev === "string" && dev !== "lo"
      ? [{ dev, metric: typeof metric === "number" ? metric : 0 }]
      : []
  );
  return defaults.sort((a, b) => a.metric - b.metric)[0]?.dev ?? null;
}

/** What an interface of Linux is, and whether it carries anything. */
export interface LinuxLink {
  readonly kind: NetworkKind;
  readonly isUp: boolean;
}

/** Reads what `ip -d -j link show dev NAME` prints; null for a text that is none of it. */
export function linuxLink(output: string): LinuxLink | null {
  const list = readJson(output);
  const link = Array.isArray(list) ? list[0] as Record<string, unknown> | undefined : undefined;
  if (!link || typeof link["ifname"] !== "string") return null;
  // A tunnel does not know whether it is up.
  const isUp = link["operstate"] === "UP" || link["operstate"] === "UNKNOWN";
  const info = link["linkinfo"] as Record<string, unknown> | undefined;
  return { isUp, kind: linkKind(link["ifname"], link["link_type"], info?.["info_kind"]) };
}

/** `ip` tells tunnels; what a real interface is, its name tells (systemd.net-naming-scheme). */
function linkKind(name: string, linkType: unknown, infoKind: unknown): NetworkKind {
  if (/^(wireguard|tun|vti6?|xfrm|ipip|gre|sit)$/.test(String(infoKind))) return "vpn";
  if (linkType === "none") return "vpn";
  if (/^wl/.test(name)) return "wifi";
  if (/^ww/.test(name)) return "mobile";
  return linkType === "ether" && /^(en|eth|veth)/.test(name) ? "ethernet" : "unknown";
}

/** `GENERAL.TYPE` of `nmcli -t -f GENERAL.TYPE,GENERAL.METERED device show NAME`; null where it tells nothing. */
export function nmcliKind(output: string): NetworkKind | null {
  switch (/^GENERAL\.TYPE:(\S+)/m.exec(output)?.[1]) {
    case "wifi":
      return "wifi";
    case "ethernet":
      return "ethernet";
    case "gsm":
    case "cdma":
    case "wwan":
      return "mobile";
    case "tun":
    case "vpn":
    case "wireguard":
      return "vpn";
    default:
      return null;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `GENERAL.METERED` of the same. */
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
