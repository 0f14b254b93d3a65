/** The letter to whoever manages the machine: only where policy decides, and everything that they need to find the rule. @module */
import assert from "node:assert/strict";
import type { PersonExplanation } from "../../broker/schema/explanation.ts";
import { adminLetter } from "../../components/admin_letter.ts";

const origin = { machineName: "desk-7", policyPath: "/etc/gatehouse.json", revision: "abc" };

function explained(decision: Partial<PersonExplanation["decision"]>): PersonExplanation {
  return {
    app: { id: `app_${"1".repeat(32)}`, name: "Mail" },
    capability: "tcp-connect",
    target: "imap.example.com:993",
    lookUpProblem: null,
    advice: [],
    steps: [],
    addresses: [],
    candidates: [],
    moreCandidates: 0,
    decision: {
      effect: "deny",
      reason: "policy-deny",
      message: "Contoso does not allow this.",
      ruleIds: ["policy.rules[4]"],
      ...decision,
    },
  };
}

Deno.test("the letter names the machine, the app, the access, the rule and the policy", () => {
  assert.equal(
    adminLetter(explained({}), origin),
    [
      "Please allow this in Gatehouse on desk-7:",
      "",
      `App: Mail (app_${"1".repeat(32)})`,
      "Access: TCP connection, imap.example.com:993",
      "Refused: Contoso does not allow this.",
      "Decided by: policy.rules[4]",
      "Policy: /etc/gatehouse.json, revision abc",
    ].join("\n"),
  );
});

Deno.test("there is a letter where policy refuses or forbids asking, and nowhere else", () => {
  const reasons = {
    "asking-forbidden": true,
    "policy-deny": true,
    "policy-allow": false,
    "grant-deny": false,
    "silenced": false,
    "no-answer-yet": false,
  } as const;
  for (const [reason, has] of Object.entries(reasons)) {
    const letter = adminLetter(
      explained({ reason: reason as keyof typeof reasons, ruleIds: [] }),
      origin,
    );
    assert.equal(letter !== null, has, reason);
    assert.doesNotMatch(letter ?? "", /Decided by/);
  }
});
