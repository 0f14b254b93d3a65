/** The limits that the README names are the ones that hold. @module */
import assert from "node:assert/strict";
import { maxDismissals, maxIgnores } from "../broker/core/quieting.ts";
import { defaultRateLimits } from "../broker/core/rate_limits.ts";
import { summaryTargets } from "../broker/core/request_groups.ts";
import { maxPendingPerApp } from "../broker/core/request_limits.ts";

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));

Deno.test("the README's table of limits is what holds", () => {
  const rows = [...readme.matchAll(/^\| (connections|questions)([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const table = rows.map(([, noun, rest, perMinute, atATime]) => [
    `${noun}${rest}`.trim(),
    Number(perMinute),
    Number(atATime),
  ]);
  const { target, app, loopback, asksPerMinute } = defaultRateLimits;
  assert.deepEqual(table, [
    ["connections to one target", target.perMinute, target.concurrent],
    ["connections to all targets", app.perMinute, app.concurrent],
    ["connections to this computer", loopback.perMinute, loopback.concurrent],
    ["questions that are not granted", asksPerMinute, maxPendingPerApp],
  ]);
});

Deno.test("and so is its table of datagrams", () => {
  const rows = [...readme.matchAll(/^\| datagrams to ([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const table = rows.map(([, whither = "", packets, bytes]) => [
    whither.trim(),
    { packetsPerSecond: Number(packets), bytesPerSecond: Number(bytes) },
  ]);
  const { targetDatagrams, appDatagrams, loopbackDatagrams } = defaultRateLimits;
  assert.deepEqual(table, [
    ["one target", targetDatagrams],
    ["all targets", appDatagrams],
    ["this computer", loopbackDatagrams],
  ]);
});

Deno.test("and so are its numbers of quieting", () => {
  const words = ["", "first", "second", "third", "fourth"];
  assert.ok(readme.includes(`The ${words[maxDismissals]} _Later_ to the same question`));
  assert.ok(readme.includes(`the ${words[maxIgnores]} time that it`));
  assert.equal(summaryTargets, 5);
  assert.match(readme, /Five targets within a minute/);
});
