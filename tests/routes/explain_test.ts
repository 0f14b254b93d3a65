/** Explaining over the two APIs and as a page: to the person in full, to an app about itself only. @module */
import assert from "node:assert/strict";
import { OwnExplanation, PersonExplanation } from "../../broker/schema/explanation.ts";
import { PolicyView } from "../../broker/schema/policy_view.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

const origin = "https://mail.example.com";
const asked = { capability: "tcp-connect", target: "imap.example.com:993" };

/** An installed app at a broker with a policy; its token. */
async function withApp(run: (twin: WebTwin, token: string, id: string) => Promise<void>) {
  const twin = await startWebTwin();
  try {
    twin.broker.policy.replace({
      managedBy: "Contoso",
      rules: [{
        id: "policy.rules[0]",
        effect: "deny",
        apps: ["*"],
        capabilities: ["*"],
        targets: ["*"],
        except: [],
        reason: null,
      }],
    });
    const json = { name: "Mail" };
    const answer = await twin.call("/api/v1/apps", { method: "POST", origin, json });
    const { token, app } = await answer.json();
    await run(twin, token, app.id);
  } finally {
    await twin.stop();
  }
}

Deno.test("an app is told the decision, and no rule", () =>
  withApp(async (twin, token) => {
    const call = { method: "POST", origin, token, json: asked };
    const answer = await twin.call("/api/v1/explain", call);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), origin);
    const text = await answer.text();
    const explanation = OwnExplanation.parse(JSON.parse(text));
    assert.equal(explanation.decision.reason, "policy-deny");
    assert.equal(explanation.decidedBy, "organisation");
    assert.ok(!text.includes("policy.rules"));

    const other = { ...call, json: { ...asked, app: "another" } };
    assert.equal((await twin.call("/api/v1/explain", other)).status, 400, "it can name no app");
  }));

Deno.test("the person is told the rule; an app that is not there is a problem", () =>
  withApp(async (twin, _token, id) => {
    const explain = (app: string) =>
      twin.call("/admin/v1/explain", {
        method: "POST",
        token: adminToken,
        json: { ...asked, app },
      });
    const explanation = PersonExplanation.parse(await (await explain(id)).json());
    assert.deepEqual(explanation.decision.ruleIds, ["policy.rules[0]"]);
    const problem = await (await explain("nobody")).json();
    assert.equal(problem.type, "urn:gatehouse:problem:not-found");
    const policy = await twin.call("/admin/v1/policy", { token: adminToken });
    assert.equal(PolicyView.parse(await policy.json()).rules.length, 1);
  }));

Deno.test("the pages show it without script", () =>
  withApp(async (twin, _token, id) => {
    const { cookie } = await twin.signIn();
    const page = async (path: string) => {
      const answer = await twin.call(path, { headers: { cookie } });
      assert.equal(answer.status, 200, path);
      return await answer.text();
    };
    const query = new URLSearchParams({ ...asked, app: id });
    assert.match(await page(`/explain?${query}`), /Contoso does not allow this\./);
    query.set("app", "nobody");
    assert.match(await page(`/explain?${query}`), /There is no such app\./);
    assert.match(await page("/explain"), /<form/);
    assert.match(await page("/policy"), /policy\.rules\[0\]/);
    twin.broker.policy.tell({ problem: "line 1, column 2: <b>" });
    assert.match(await page("/policy"), /line 1, column 2: &lt;b/);
  }));
