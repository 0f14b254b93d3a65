import assert from "node:assert/strict";
import {
  isNetshConnected,
  linuxDefaultInterface,
  linuxLink,
  macDefaultInterface,
  macKind,
  nmcliKind,
  nmcliMetered,
} from "../../../broker/core/connectivity.ts";

Deno.test("Linux: the default route with the lowest metric", () => {
  const route = (dev: string, metric?: number) => ({ dst: "default", dev, metric });
  const cases: [unknown, string | null][] = [
    [[], null],
    [[{ dst: "10.0.0.0/8", dev: "eth0" }], null],
    [[route("eth0", 100)], "eth0"],
    [[route("eth0", 100), route("wlan0", 50)], "wlan0"],
    [[route("eth0", 100), route("tun0")], "tun0"],
    [[route("lo", 0)], null],
    [[{ dst: "default", type: "unreachable" }], null],
  ];
  for (const [routes, name] of cases) {
    assert.equal(linuxDefaultInterface(JSON.stringify(routes)), name, JSON.stringify(routes));
  }
  for (const text of ["", "garbage", "{}", "null"]) {
    assert.equal(linuxDefaultInterface(text), undefined, text);
  }
});

Deno.test("Linux: what an interface is, and whether it is up", () => {
  const plain = { ifname: "eth0", operstate: "UP", link_type: "ether" };
  const cases: [Record<string, unknown>, string, boolean][] = [
    [{}, "ethernet", true],
    [{ operstate: "DOWN" }, "ethernet", false],
    [{ ifname: "enp3s0" }, "ethernet", true],
    [{ ifname: "wlp3s0" }, "wifi", true],
    [{ ifname: "wwan0", link_type: "none" }, "vpn", true],
    [{ ifname: "wwp0s20" }, "mobile", true],
    [{ ifname: "wg0", linkinfo: { info_kind: "wireguard" }, operstate: "UNKNOWN" }, "vpn", true],
    [{ ifname: "tap0", linkinfo: { info_kind: "tun" } }, "vpn", true],
    [{ ifname: "ppp0", link_type: "ppp" }, "unknown", true],
    [{ ifname: "br0" }, "unknown", true],
  ];
  for (const [parts, kind, isUp] of cases) {
    const output = JSON.stringify([{ ...plain, ...parts }]);
    assert.deepEqual(linuxLink(output), { kind, isUp }, output);
  }
  for (const text of ["", "[]", "[{}]", "{}"]) assert.equal(linuxLink(text), null, text);
});

Deno.test("NetworkManager knows what an interface is", () => {
  const cases = [
    ["GENERAL.TYPE:wifi", "wifi"],
    ["GENERAL.TYPE:ethernet", "ethernet"],
    ["GENERAL.TYPE:gsm", "mobile"],
    ["GENERAL.TYPE:tun", "vpn"],
    ["GENERAL.TYPE:wireguard", "vpn"],
    ["GENERAL.TYPE:bridge", null],
    ["", null],
  ] as const;
  for (const [text, kind] of cases) assert.equal(nmcliKind(text), kind, text);
});

Deno.test("NetworkManager: metered, not metered, guessed, and unknown", () => {
  const cases: [string, boolean | null][] = [
    ["GENERAL.METERED:yes\n", true],
    ["GENERAL.METERED:yes (guessed)\n", true],
    ["GENERAL.METERED:no\n", false],
    ["GENERAL.METERED:no (guessed)\n", false],
    ["GENERAL.METERED:unknown\n", null],
    ["", null],
  ];
  for (const [text, metered] of cases) assert.equal(nmcliMetered(text), metered, text);
});

Deno.test("macOS: the default route's interface, and what it is", () => {
  const routed =
    "   route to: default\ndestination: default\n  interface: en0\n      flags: <UP>\n";
  assert.equal(macDefaultInterface(routed), "en0");
  assert.equal(macDefaultInterface("route: writing to routing socket: not in table\n"), null);
  const ports = "\nHardware Port: Wi-Fi\nDevice: en0\nEthernet Address: aa\n\n" +
    "Hardware Port: Thunderbolt Bridge\nDevice: bridge0\n\n" +
    "Hardware Port: iPhone USB\nDevice: en5\n\nHardware Port: Ethernet\nDevice: en10\n";
  const cases = [
    ["en0", "wifi"],
    ["bridge0", "ethernet"],
    ["en5", "mobile"],
    ["en10", "ethernet"],
    ["en1", "unknown"],
    ["utun3", "vpn"],
  ] as const;
  for (const [name, kind] of cases) assert.equal(macKind(name, ports), kind, name);
});

Deno.test("Windows: an interface that has a network, whatever the language", () => {
  assert.ok(isNetshConnected("    Name  : Wi-Fi\n    SSID                   : Home\n"));
  assert.ok(isNetshConnected("    Provider Name          : Carrier\n"));
  assert.ok(!isNetshConnected("    Name  : Wi-Fi\n    Status : getrennt\n"));
  assert.ok(!isNetshConnected("There is no wireless interface on the system.\n"));
});
