import assert from "node:assert/strict";
import { isLowListenPort, listenTarget } from "../../../broker/core/listen_target.ts";
import { TargetError } from "../../../broker/core/target.ts";

Deno.test("a listener's target is its address, and its port or those it may be given", () => {
  const rows: [string, number | null, string][] = [
    ["127.0.0.1", 40_000, "127.0.0.1:40000"],
    ["127.0.0.1", null, "127.0.0.1:32768-65535"],
    ["0.0.0.0", 8080, "0.0.0.0:8080"],
    ["::", null, "[::]:32768-65535"],
    ["[::1]", 50_000, "[::1]:50000"],
    ["0:0:0:0:0:0:0:1", 50_000, "[::1]:50000"],
  ];
  for (const [address, port, text] of rows) assert.equal(listenTarget(address, port).text, text);
});

Deno.test("names and what is no address are refused, with how to mend it", () => {
  for (const address of ["localhost", "example.com", "", "*", "127.0.0.1/8", "::g"]) {
    assert.throws(() => listenTarget(address, null), TargetError, address);
  }
  assert.throws(() => listenTarget("127.0.0.1", 0), TargetError);
  assert.throws(() => listenTarget("localhost", 1), { message: /127\.0\.0\.1/ });
});

Deno.test("ports below 32768 are low", () => {
  const rows: [number, boolean][] = [[1, true], [8080, true], [32_767, true], [32_768, false]];
  for (const [port, low] of rows) {
    assert.equal(isLowListenPort(listenTarget("::", port).ports), low, `${port}`);
  }
  assert.equal(isLowListenPort(listenTarget("::", null).ports), false);
});
