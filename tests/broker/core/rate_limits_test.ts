/** Rate limits: connections a minute and at a time, packets and bytes a second. @module */
import assert from "node:assert/strict";
import {
  type ConnectLimit,
  type ConnectUse,
  type DatagramLimit,
  type DatagramUse,
  defaultRateLimits,
  endConnect,
  isIdle,
  noConnects,
  noDatagrams,
  useConnect,
  useDatagram,
  type Using,
} from "../../../broker/core/rate_limits.ts";

function used<Use>(using: Using<Use>): Use {
  assert.ok("use" in using, "within the limit");
  return using.use;
}

function times<Use>(count: number, use: Use, step: (use: Use) => Using<Use>): Use {
  for (let n = 0; n < count; n++) use = used(step(use));
  return use;
}

const limit: ConnectLimit = { perMinute: 60, concurrent: 10 };
const connect = (nowMs: number) => (use: ConnectUse) => useConnect(use, limit, nowMs, "to x:1");

Deno.test("connections at a time are bounded, and closing one makes room", () => {
  const full = times(10, noConnects(limit, 0), connect(0));
  const refused = connect(0)(full);
  assert.ok("reached" in refused);
  assert.equal(refused.reached.message, "This app has 10 connections to x:1 open already.");
  assert.equal(refused.reached.retryAfterMs, 1000);
  assert.equal(used(connect(0)(endConnect(full))).open, 10);
});

Deno.test("connections a minute are bounded even if each is closed at once", () => {
  let use = noConnects(limit, 0);
  for (let n = 0; n < 60; n++) use = endConnect(used(connect(0)(use)));
  const refused = connect(0)(use);
  assert.ok("reached" in refused);
  assert.equal(refused.reached.message, "This app may open 60 connections to x:1 a minute.");
  assert.equal(refused.reached.retryAfterMs, 1000);
  used(connect(1000)(use));
  assert.equal(isIdle(use, limit, 59_999), false);
  assert.equal(isIdle(use, limit, 60_000), true);
});

const datagrams: DatagramLimit = { packetsPerSecond: 4, bytesPerSecond: 70_000 };
const send = (nowMs: number, bytes: number) => (use: DatagramUse) =>
  useDatagram(use, datagrams, nowMs, bytes);

Deno.test("packets and bytes a second are bounded apart, and a dropped datagram uses nothing", () => {
  const four = times(4, noDatagrams(datagrams, 0), send(0, 1));
  assert.ok("reached" in send(0, 1)(four));
  used(send(250, 1)(four));
  const heavy = used(send(0, 65_507)(noDatagrams(datagrams, 0)));
  const refused = send(0, 5000)(heavy);
  assert.ok("reached" in refused);
  assert.match(refused.reached.message, /70000 bytes a second/);
  times(3, heavy, send(0, 1));
});

Deno.test("the largest datagram can be sent under the lowest limit", () => {
  const low: DatagramLimit = { packetsPerSecond: 0.5, bytesPerSecond: 1000 };
  const use = used(useDatagram(noDatagrams(low, 0), low, 0, 65_507));
  assert.ok("reached" in useDatagram(use, low, 0, 65_507));
});

Deno.test("the defaults let two thousand sockets a second to loopback through, for a minute", () => {
  const { loopback } = defaultRateLimits;
  let use = noConnects(loopback, 0);
  for (let n = 0; n < 120_000; n++) {
    use = endConnect(used(useConnect(use, loopback, Math.floor(n / 2), "to this computer")));
  }
});
