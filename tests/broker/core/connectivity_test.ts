import assert from "node:assert/strict";
import {
  isNetshConnected,
  linuxDefaultInterface,
  linuxDefaultInterface6,
  linuxKind,
  macDefaultInterface,
  macKind,
  nmcliMetered,
} from "../../../broker/core/connectivity.ts";

const head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
const route = (name: string, destination: string, flags: string, metric: number, mask: string) =>
  `${name}\t${destination}\t010200C0\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0\n`;

Deno.test("Linux: the default route with the lowest metric, which is up and rejects nothing", () => {
  const cases: [string, string | null][] = [
    ["", null],
    [head, null],
    [head + route("eth0", "000200C0", "0001", 0, "00FFFFFF"), null],
    [head + route("eth0", "00000000", "0003", 100, "00000000"), "eth0"],
    [
      head + route("eth0", "00000000", "0003", 100, "00000000") +
      route("wlan0", "00000000", "0003", 50, "00000000"),
      "wlan0",
    ],
    [head + route("eth0", "00000000", "0002", 100, "00000000"), null],
    [head + route("*", "00000000", "0201", 0, "00000000"), null],
    [head + "garbage\n\n", null],
  ];
  for (const [text, name] of cases) assert.equal(linuxDefaultInterface(text), name, text);
  const zero = "0".repeat(32);
  const six = (length: string, metric: string, flags: string, name: string) =>
    `${zero} ${length} ${zero} 00 fe800000000000000000000000000001 ${metric} 00000001 00000000 ${flags} ${name}\n`;
  assert.equal(linuxDefaultInterface6(six("00", "00000400", "00000003", "wlan0")), "wlan0");
  assert.equal(linuxDefaultInterface6(six("00", "ffffffff", "00200200", "lo")), null);
  assert.equal(linuxDefaultInterface6(six("40", "00000400", "00000001", "wlan0")), null);
});

Deno.test("Linux: what an interface is", () => {
  const plain = { operstate: "up", type: "1\n", uevent: "", isWireless: false, isTunnel: false };
  const cases: [Partial<typeof plain>, string][] = [
    [{}, "ethernet"],
    [{ isWireless: true }, "wifi"],
    [{ uevent: "DEVTYPE=wlan\nINTERFACE=wlp3s0\n" }, "wifi"],
    [{ uevent: "DEVTYPE=wwan\nINTERFACE=wwan0\n" }, "mobile"],
    [{ uevent: "DEVTYPE=wireguard\n", type: "65534" }, "vpn"],
    [{ isTunnel: true }, "vpn"],
    [{ type: "65534\n" }, "vpn"],
    [{ type: "512\n" }, "unknown"],
    [{ type: "" }, "unknown"],
  ];
  for (const [parts, kind] of cases) {
    assert.equal(linuxKind({ ...plain, ...parts }), kind, JSON.stringify(parts));
  }
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
