import assert from "node:assert/strict";
import {
  type Platform,
  pollMs,
  SystemNetworkProbe,
} from "../../../broker/network/network_probe.ts";
import { type Connectivity, unknownConnectivity } from "../../../broker/schema/network.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

const route = "Iface\n" + "wlan0 00000000 010200C0 0003 0 0 50 00000000 0 0 0\n";

class FakePlatform implements Platform {
  readonly files = new Map<string, string>();
  readonly programs = new Map<string, string>();
  constructor(readonly os: string) {}

  readFile(path: string): Promise<string | null> {
    return Promise.resolve(this.files.get(path) ?? null);
  }

  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.files.has(path));
  }

  run(program: string, args: readonly string[]): Promise<string | null> {
    return Promise.resolve(this.programs.get([program, ...args].join(" ")) ?? null);
  }

  interfaces(): [] {
    return [];
  }
}

function linux(): FakePlatform {
  const platform = new FakePlatform("linux");
  platform.files.set("/proc/net/route", route);
  platform.files.set("/sys/class/net/wlan0/operstate", "up\n");
  platform.files.set("/sys/class/net/wlan0/type", "1\n");
  platform.files.set("/sys/class/net/wlan0/wireless", "");
  return platform;
}

Deno.test("Linux, with and without NetworkManager, and cut off", async () => {
  const platform = linux();
  const probe = new SystemNetworkProbe({ clock: new FakeClock(), platform });
  const wifi: Connectivity = { ...unknownConnectivity, online: true, kind: "wifi" };
  assert.deepEqual(await probe.connectivity(), wifi);
  platform.programs.set("nmcli -t -f GENERAL.METERED device show wlan0", "GENERAL.METERED:yes\n");
  assert.deepEqual(await probe.connectivity(), { ...wifi, metered: true });
  platform.files.set("/sys/class/net/wlan0/operstate", "down\n");
  assert.equal((await probe.connectivity()).online, false);
  platform.files.set("/proc/net/route", "Iface\n");
  assert.deepEqual(await probe.connectivity(), { ...unknownConnectivity, online: false });
  platform.files.clear();
  assert.deepEqual(await probe.connectivity(), unknownConnectivity);
});

Deno.test("macOS, Windows, and a platform that nobody knows", async () => {
  const mac = new FakePlatform("darwin");
  const probe = (platform: Platform) =>
    new SystemNetworkProbe({ clock: new FakeClock(), platform });
  assert.deepEqual(await probe(mac).connectivity(), unknownConnectivity);
  mac.programs.set("route -n get default", "  interface: en0\n");
  mac.programs.set("networksetup -listallhardwareports", "Hardware Port: Wi-Fi\nDevice: en0\n");
  assert.equal((await probe(mac).connectivity()).kind, "wifi");
  const windows = new FakePlatform("windows");
  assert.deepEqual(await probe(windows).connectivity(), unknownConnectivity);
  windows.programs.set("netsh mbn show interfaces", "    Provider Name : Carrier\n");
  assert.equal((await probe(windows).connectivity()).kind, "mobile");
  windows.programs.set("netsh wlan show interfaces", "    SSID : Home\n");
  assert.equal((await probe(windows).connectivity()).kind, "wifi");
  assert.deepEqual(await probe(new FakePlatform("haiku")).connectivity(), unknownConnectivity);
});

Deno.test("changes are told while somebody listens, and the platform is left alone otherwise", async () => {
  const clock = new FakeClock();
  const platform = linux();
  const probe = new SystemNetworkProbe({ clock, platform });
  const told: Connectivity[] = [];
  const stop = probe.subscribe((connectivity) => told.push(connectivity));
  await clock.advance(pollMs * 3);
  assert.deepEqual(told, []);
  platform.files.delete("/sys/class/net/wlan0/wireless");
  await clock.advance(pollMs);
  assert.deepEqual(told.map(({ kind }) => kind), ["ethernet"]);
  stop();
  platform.files.set("/proc/net/route", "");
  await clock.advance(pollMs * 3);
  assert.equal(told.length, 1);
});

Deno.test("this machine's platform answers, whatever it is", async () => {
  const probe = new SystemNetworkProbe({ clock: systemClock });
  const { online, kind } = await probe.connectivity();
  assert.ok(online === null || typeof online === "boolean");
  assert.ok(["wifi", "ethernet", "mobile", "vpn", "unknown"].includes(kind));
  assert.ok(probe.interfaces().some(({ address }) => address === "127.0.0.1"));
});
