/** A decision looks things up, it does not look through them: a hundred times the grants cost next to nothing more. @module */
import assert from "node:assert/strict";
import { decide } from "../../../broker/core/decide.ts";
import { indexGrants } from "../../../broker/core/grant_index.ts";
import { noPolicy } from "../../../broker/core/policy.ts";
import { app, grants, questions, rules } from "../../bench/decide_data.ts";

const asked = questions(50);

/** The least time of several rounds over all questions, in milliseconds: what else the machine does only adds to it. */
function leastMs(grantCount: number, ruleCount: number): number {
  const policy = { ...noPolicy, rules: rules.slice(0, ruleCount) };
  const index = indexGrants(grants.slice(0, grantCount));
  let least = Infinity;
  for (let round = 0; round < 30; round++) {
    const startedAtMs = performance.now();
    for (const { host, port } of asked) {
      decide({
        app,
        capability: "tcp-connect",
        target: `${host}:${port}`,
        addresses: null,
        sessionId: null,
        policy,
        grants: index,
        mode: "ask",
        limit: null,
        embargoed: false,
        ownAddresses: new Set(),
        brokerPorts: [8737],
        nowMs: 1,
      });
    }
    least = Math.min(least, performance.now() - startedAtMs);
  }
  return least;
}

Deno.test("10,000 grants and 1,000 rules are decided on about as fast as 100 and 10", () => {
  leastMs(100, 10);
  const few = leastMs(100, 10);
  const many = leastMs(10_000, 1000);
  assert.ok(many < few * 10, `${many} ms against ${few} ms`);
});

Deno.test("the benchmark's questions are answered as it expects", () => {
  const index = indexGrants(grants);
  for (const { host, port, allowed } of questions(100)) {
    const { effect } = decide({
      app,
      capability: "tcp-connect",
      target: `${host}:${port}`,
      addresses: null,
      sessionId: null,
      policy: { ...noPolicy, rules },
      grants: index,
      mode: "ask",
      limit: null,
      embargoed: false,
      ownAddresses: new Set(),
      brokerPorts: [],
      nowMs: 1,
    });
    assert.equal(effect === "allow", allowed, `${host}:${port}`);
  }
});
