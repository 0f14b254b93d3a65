/** The grammar of targets, and which target covers which. @module */
import assert from "node:assert/strict";
import {
  coversTarget,
  formatTarget,
  isSingleHost,
  isSinglePort,
  parseTarget,
  socketTarget,
  TargetError,
  type TargetErrorReason,
} from "../../../broker/core/target.ts";

const label63 = "x".repeat(63);
const name253 = `${"abcdefghi.".repeat(25)}com`;

Deno.test("parseTarget writes each target in its canonical form", () => {
  const table: [text: string, canonical: string][] = [
    ["imap.example.com:993", "imap.example.com:993"],
    ["IMAP.Example.COM.:993", "imap.example.com:993"],
    ["*:*", "*:*"],
    ["*:22", "*:22"],
    ["*.example.com:80-90", "*.example.com:80-90"],
    ["*.Example.com.:80-80", "*.example.com:80"],
    ["example.com:1-65535", "example.com:*"],
    ["example.com:65535", "example.com:65535"],
    ["printer:9100", "printer:9100"],
    ["_ldap._tcp.example.com:389", "_ldap._tcp.example.com:389"],
    ["bücher.example:80", "xn--bcher-kva.example:80"],
    ["*.BÜCHER.example:80", "*.xn--bcher-kva.example:80"],
    ["exam\u00adple.com:80", "example.com:80"],
    ["%65xample.com:80", "example.com:80"],
    ["example。com:80", "example.com:80"],
    [`${label63}.example:1`, `${label63}.example:1`],
    [`${name253}:1`, `${name253}:1`],
    [`${name253}.:1`, `${name253}:1`],
    ["127.0.0.1:80", "127.0.0.1:80"],
    ["127.0.0.1.:80", "127.0.0.1:80"],
    ["0x7f.1:80", "127.0.0.1:80"],
    ["017700000001:80", "127.0.0.1:80"],
    ["2130706433:80", "127.0.0.1:80"],
    ["①②⑦.0.0.1:80", "127.0.0.1:80"],
    ["[2001:DB8:0::1]:80", "[2001:db8::1]:80"],
    ["[::ffff:1.2.3.4]:80", "[::ffff:102:304]:80"],
    ["192.168.1.0/24:9100", "192.168.1.0/24:9100"],
    ["10.0.0.0/8:*", "10.0.0.0/8:*"],
    ["0.0.0.0/0:*", "0.0.0.0/0:*"],
    ["192.0.2.7/32:80", "192.0.2.7:80"],
    ["[fd00::]/8:*", "[fd00::]/8:*"],
    ["[FD00:0::]/8:1-2", "[fd00::]/8:1-2"],
    ["[::]/0:443", "[::]/0:443"],
    ["[::1]/128:443", "[::1]:443"],
    ["239.255.0.0/16:5353", "239.255.0.0/16:5353"],
  ];
  for (const [text, canonical] of table) {
    const target = parseTarget(text);
    assert.equal(target.text, canonical, text);
    assert.equal(formatTarget(target), canonical, text);
    assert.deepEqual(parseTarget(canonical), target, text);
  }
});

Deno.test("parseTarget names what is wrong", () => {
  const table: [text: string, reason: TargetErrorReason][] = [
    ["", "empty-target"],
    ["x".repeat(3000), "too-long"],
    ["https://example.com", "looks-like-url"],
    ["https://example.com:443/", "looks-like-url"],
    ["example.com", "missing-port"],
    ["example.com:", "missing-port"],
    ["[::1]", "missing-port"],
    ["*", "missing-port"],
    ["10.0.0.0/8", "missing-port"],
    [":80", "empty-host"],
    [".:80", "empty-host"],
    ["*.:80", "empty-host"],
    ["example.com:http", "bad-port"],
    ["example.com:080", "bad-port"],
    ["example.com:+80", "bad-port"],
    ["example.com:8e1", "bad-port"],
    ["example.com: 80", "bad-port"],
    ["example.com:80 ", "bad-port"],
    ["example.com:８０", "bad-port"],
    ["example.com:80-", "bad-port"],
    ["example.com:-80", "bad-port"],
    ["example.com:80-*", "bad-port"],
    ["example.com:80-90-99", "bad-port"],
    ["example.com:80:90", "bad-port"],
    ["example.com:**", "bad-port"],
    ["example.com:0", "port-out-of-range"],
    ["example.com:00", "port-out-of-range"],
    ["example.com:0-80", "port-out-of-range"],
    ["example.com:65536", "port-out-of-range"],
    ["example.com:80-65536", "port-out-of-range"],
    ["example.com:99999999999999999999", "bad-port"],
    ["example.com:90-80", "reversed-port-range"],
    ["**:80", "bad-wildcard"],
    ["*.*:80", "bad-wildcard"],
    ["*.*.example.com:80", "bad-wildcard"],
    ["*example.com:80", "bad-wildcard"],
    ["www.*.com:80", "bad-wildcard"],
    ["example.*:80", "bad-wildcard"],
    ["*.127.0.0.1:80", "bad-wildcard"],
    ["*.0x7f.1:80", "bad-wildcard"],
    ["*.[::1]:80", "bad-ipv6"],
    ["fd00::1:80", "unbracketed-ipv6"],
    ["::1", "unbracketed-ipv6"],
    ["fd00::/8:*", "unbracketed-ipv6"],
    ["fe80::1%1:80", "unbracketed-ipv6"],
    ["[::1:80", "bad-ipv6"],
    ["[]:80", "bad-ipv6"],
    ["[1::2::3]:80", "bad-ipv6"],
    ["[127.0.0.1]:80", "bad-ipv6"],
    ["[example.com]:80", "bad-ipv6"],
    ["[::1]]:80", "bad-ipv6"],
    ["[[::1]]:80", "bad-ipv6"],
    ["[::1]x:80", "bad-ipv6"],
    ["[fe80::1%eth0]:80", "zone-id"],
    ["[fe80::1%25eth0]:80", "zone-id"],
    ["[fe80::%eth0]/10:80", "bad-prefix"],
    ["256.1.1.1:80", "bad-ipv4"],
    ["1.2.3.4.5:80", "bad-ipv4"],
    ["1.2.3.08:80", "bad-ipv4"],
    ["4294967296:80", "bad-ipv4"],
    ["foo.0x7f:80", "bad-ipv4"],
    ["foo.1:80", "bad-ipv4"],
    ["*.foo.1:80", "bad-ipv4"],
    ["[fd00::/8]:*", "bad-prefix"],
    ["10/8:80", "bad-prefix"],
    ["10.0.0/8:80", "bad-prefix"],
    ["0x0a.0.0.0/8:80", "bad-prefix"],
    ["010.0.0.0/8:80", "bad-prefix"],
    ["10.0.0.0/33:80", "bad-prefix"],
    ["10.0.0.0/08:80", "bad-prefix"],
    ["10.0.0.0/:80", "bad-prefix"],
    ["10.0.0.0/-1:80", "bad-prefix"],
    ["10.0.0.0/255.0.0.0:80", "bad-prefix"],
    ["10.0.0.0/8/8:80", "bad-prefix"],
    ["[fd00::]/129:80", "bad-prefix"],
    ["example.com/24:80", "bad-prefix"],
    ["*/0:80", "bad-prefix"],
    ["/24:80", "bad-prefix"],
    ["192.168.1.5/24:80", "host-bits-set"],
    ["[fd00::1]/8:80", "host-bits-set"],
    ["exa mple.com:80", "forbidden-character"],
    [" example.com:80", "forbidden-character"],
    ["example.com\0:80", "forbidden-character"],
    ["exam\tple.com:80", "forbidden-character"],
    ["example.com\n:80", "forbidden-character"],
    ["user@example.com:80", "forbidden-character"],
    ["example.com?x:80", "forbidden-character"],
    ["example.com#x:80", "forbidden-character"],
    ["example.com\\x:80", "forbidden-character"],
    ["a!b.com:80", "forbidden-character"],
    ["exa<mple.com:80", "bad-name"],
    ["a\u202eb.com:80", "bad-name"],
    ["a\u2066b.com:80", "bad-name"],
    ["a%00b.com:80", "bad-name"],
    ["a%2fb.com:80", "bad-name"],
    ["xn--a:80", "bad-name"],
    ["\ud800.com:80", "bad-name"],
    ["a..b:80", "empty-label"],
    [".example.com:80", "empty-label"],
    ["example.com..:80", "empty-label"],
    ["*..example.com:80", "empty-label"],
    [`x${label63}.example:80`, "label-too-long"],
    [`a${name253}:80`, "name-too-long"],
  ];
  for (const [text, reason] of table) {
    try {
      const { text: canonical } = parseTarget(text);
      assert.fail(`${JSON.stringify(text)} was read as ${canonical}`);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      assert.equal(error.reason, reason, JSON.stringify(text));
      assert.match(error.message, /^[A-Z].*\.$/, JSON.stringify(text));
    }
  }
});

Deno.test("the error says how to mend the target", () => {
  const table: [text: string, part: string][] = [
    ["192.168.1.5/24:80", "192.168.1.0/24"],
    ["[fd00::1]/8:80", "[fd00::1]"],
    ["example.com:90-80", "80-90"],
    ["fd00::1:80", "[fd00::1]:80"],
  ];
  for (const [text, part] of table) {
    assert.throws(() => parseTarget(text), (error: Error) => error.message.includes(part), text);
  }
});

Deno.test("coversTarget, one line per case", () => {
  const table: [pattern: string, target: string, covers: boolean][] = [
    ["*:*", "example.com:80", true],
    ["*:*", "127.0.0.1:80", true],
    ["*:*", "[::1]:80", true],
    ["*:*", "*.example.com:*", true],
    ["*:*", "10.0.0.0/8:*", true],
    ["*:*", "*:*", true],
    ["*:443", "*:*", false],
    ["example.com:*", "*:80", false],
    ["*.com:*", "*:80", false],
    ["0.0.0.0/0:*", "*:80", false],

    ["example.com:80", "EXAMPLE.com.:80", true],
    ["example.com.:80", "example.com:80", true],
    ["example.com:80", "www.example.com:80", false],
    ["example.com:80", "*.example.com:80", false],
    ["bücher.example:80", "xn--bcher-kva.example:80", true],
    ["*.example.com:80", "example.com:80", true],
    ["*.example.com:80", "www.example.com:80", true],
    ["*.example.com:80", "a.b.example.com:80", true],
    ["*.example.com:80", "wwwexample.com:80", false],
    ["*.example.com:80", "example.com.evil.test:80", false],
    ["*.example.com:80", "com:80", false],
    ["*.example.com:80", "*.example.com:80", true],
    ["*.example.com:80", "*.www.example.com:80", true],
    ["*.www.example.com:80", "*.example.com:80", false],
    ["*.localhost:80", "localhost:80", true],
    ["localhost:80", "127.0.0.1:80", false],
    ["*.example.com:80", "192.0.2.1:80", false],
    ["127.0.0.1:80", "localhost:80", false],

    ["127.0.0.1:80", "0x7f.1:80", true],
    ["127.0.0.1:80", "2130706433:80", true],
    ["127.0.0.1:80", "127.0.0.2:80", false],
    ["127.0.0.1:80", "[::ffff:127.0.0.1]:80", false],
    ["[::1]:80", "[0:0:0:0:0:0:0:1]:80", true],
    ["192.168.1.0/24:9100", "192.168.1.0:9100", true],
    ["192.168.1.0/24:9100", "192.168.1.255:9100", true],
    ["192.168.1.0/24:9100", "192.168.2.0:9100", false],
    ["192.168.1.0/24:9100", "192.168.1.128/25:9100", true],
    ["192.168.1.0/24:9100", "192.168.0.0/23:9100", false],
    ["0.0.0.0/0:*", "255.255.255.255:1", true],
    ["0.0.0.0/0:*", "[::1]:1", false],
    ["[::]/0:*", "127.0.0.1:1", false],
    ["[::]/0:*", "[::ffff:127.0.0.1]:1", true],
    ["[fd00::]/8:*", "[fdff:ffff::1]:1", true],
    ["[fd00::]/8:*", "[fe00::]:1", false],
    ["0.0.0.0/0:*", "example.com:1", false],

    ["a:80-90", "a:80", true],
    ["a:80-90", "a:90", true],
    ["a:80-90", "a:91", false],
    ["a:80-90", "a:79", false],
    ["a:80-90", "a:80-90", true],
    ["a:80-90", "a:85-95", false],
    ["a:80-90", "a:*", false],
    ["a:*", "a:1-65535", true],
    ["a:1-65535", "a:*", true],
  ];
  for (const [pattern, target, covers] of table) {
    assert.equal(coversTarget(pattern, target), covers, `${pattern} ${target}`);
    assert.equal(coversTarget(parseTarget(pattern), parseTarget(target)), covers);
  }
});

Deno.test("socketTarget reads one host and one port, never a wildcard or a block", () => {
  assert.deepEqual(socketTarget("Example.COM", 80), parseTarget("example.com:80"));
  assert.deepEqual(socketTarget("::1", 80), parseTarget("[::1]:80"));
  assert.deepEqual(socketTarget("[::1]", 80), parseTarget("[::1]:80"));
  assert.deepEqual(socketTarget("0x7f.1", 65535), parseTarget("127.0.0.1:65535"));
  for (
    const [host, port] of [
      ["*", 80],
      ["*.example.com", 80],
      ["10.0.0.0/8", 80],
      ["example.com:1", 80],
      ["", 80],
      ["::1%lo", 80],
      ["a", 0],
      ["a", 65536],
      ["a", -1],
      ["a", 1.5],
      ["a", NaN],
    ] as const
  ) {
    assert.throws(() => socketTarget(host, port), TargetError, `${host} ${port}`);
  }
});

Deno.test("isSinglePort and isSingleHost", () => {
  const table: [text: string, host: boolean, port: boolean][] = [
    ["example.com:80", true, true],
    ["127.0.0.1:80-81", true, false],
    ["[::1]:*", true, false],
    ["*.example.com:80", false, true],
    ["*:80", false, true],
    ["10.0.0.0/31:80", false, true],
  ];
  for (const [text, host, port] of table) {
    const target = parseTarget(text);
    assert.deepEqual([isSingleHost(target), isSinglePort(target)], [host, port], text);
  }
});
