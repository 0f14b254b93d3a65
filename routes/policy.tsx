/** `/policy`: what the organisation decides, from where, what is wrong with it, and what it overrides. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { policyView } from "../broker/actions/policy_view.ts";
import { define } from "../broker/http/state.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { policyText } from "../components/explain_text.ts";
import { PolicyInForce } from "../components/policy_view.tsx";
import { text } from "../components/text.ts";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads the policy in force. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    return page({
      snapshot: await dashboardSnapshot(broker, { page: "other" }),
      policy: policyView(broker),
    });
  },
});

export default define.page<typeof handler>(({ data }) => (
  <DashboardPage
    dashboard={createDashboard(data.snapshot)}
    current="policy"
    heading={{ text: text.pages.policy, hint: policyText.hint }}
  >
    <p class="note">{text.permissions.precedence}</p>
    <PolicyInForce policy={data.policy} nowMs={data.snapshot.nowMs} />
  </DashboardPage>
));
