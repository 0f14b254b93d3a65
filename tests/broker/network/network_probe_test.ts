import assert from "node:assert/strict";
import {
  type Platform,
  pollMs,
  SystemNetworkProbe,
} from "../../../broker/network/network_probe.ts";
import { type Connectivity, unknownConnectivity } from "../../../broker/schema/network.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

const routes = JSON.stringify([{ dst: "default", dev: "wlp3s0", metric: 600 }]);
const showLink = "ip -d -j link show dev wlp3s0";
const link = (operstate: string, ifname = "wlp3s0") =>
  JSON.stringify([{ ifname, operstate, link_type: "ether" }]);
const showDevice = "nmcli -t -f GENERAL.TYPE,GENERAL.METERED device show wlp3s0";

class FakePlatform implements Platform {
  readonly programs = new Map<string, string>();
  constructor(readonly os: string) {}

  run(program: string, args: readonly string[]): Promise<string | null> {
    return Promise.resolve(this.programs.get([program, ...args].join(" ")) ?? null);
  }

  interfaces(): [] {
    return [];
  }
}

function linux(): FakePlatform {
  const platform = new FakePlatform("linux");
  platform.programs.set("ip -j route show default", routes);
  platform.programs.set("ip -j -6 route show default", "[]");
  platform.programs.set(showLink, link("UP"));
  return platform;
}

Deno.test("Linux, with and without NetworkManager, and cut off", async () => {
  const platform = linux();
  const probe = new SystemNetworkProbe({ clock: new FakeClock(), platform });
  const wifi: Connectivity = { ...unknownConnectivity, online: true, kind: "wifi" };
  assert.deepEqual(await probe.connectivity(), wifi);
  platform.programs.set(showDevice, "GENERAL.TYPE:gsm\nGENERAL.METERED:yes\n");
  assert.deepEqual(await probe.connectivity(), { ...wifi, kind: "mobile", metered: true });
  platform.programs.set(showLink, link("DOWN"));
  assert.equal((await probe.connectivity()).online, false);
  platform.programs.set("ip -j route show default", "[]");
  assert.deepEqual(await probe.connectivity(), { ...unknownConnectivity, online: false });
  platform.programs.set("ip -j -6 route show default", routes);
  assert.equal((await probe.connectivity()).kind, "mobile");
  platform.programs.clear();
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
  platform.programs.set(showDevice, "GENERAL.TYPE:ethernet\n");
  await clock.advance(pollMs);
  assert.deepEqual(told.map(({ kind }) => kind), ["ethernet"]);
  stop();
  platform.programs.clear();
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
