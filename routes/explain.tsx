/** `/explain`: try an app and a target; every step, rule and permission, and what can be done. @module */
import { page } from "fresh";
import { ActionError } from "../broker/actions/action_error.ts";
import { appChoices } from "../broker/actions/app_choices.ts";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { explainPermission } from "../broker/actions/explain_permission.ts";
import type { Broker } from "../broker/actions/ports.ts";
import { readQuery } from "../broker/http/read_body.ts";
import { define } from "../broker/http/state.ts";
import { ExplainQuery, type PersonExplanation } from "../broker/schema/explanation.ts";
import { adminLetter } from "../components/admin_letter.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { ExplainForm } from "../components/explain_form.tsx";
import { explainText } from "../components/explain_text.ts";
import { ExplanationView } from "../components/explanation_view.tsx";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import Letter from "../islands/letter.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Explains what the fields name. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const query = readQuery(ctx.url, ExplainQuery);
    const { explanation, problem } = await explainQuery(broker, query);
    const snapshot = await dashboardSnapshot(broker, { page: "other" });
    const letter = explanation && letterAbout(broker, explanation);
    const apps = appChoices(broker);
    return page({ letter, snapshot, apps, query, explanation, problem });
  },
});

export default define.page<typeof handler>(({ data }) => (
  <DashboardPage
    dashboard={createDashboard(data.snapshot)}
    current="explain"
    heading={{ text: text.pages.explain, hint: explainText.hint }}
  >
    <ExplainForm apps={data.apps} query={data.query} />
    <p class="note">{text.permissions.precedence}</p>
    {data.problem !== null && <p class="banner" role="alert">{plainText(data.problem)}</p>}
    {data.explanation !== null && (
      <ExplanationView explanation={data.explanation}>
        {data.letter !== null && <Letter {...data.letter} />}
      </ExplanationView>
    )}
  </DashboardPage>
));

/** What the person can send to whoever manages the machine; null where policy does not stand in the way. */
function letterAbout({ policy, machine }: Broker, explanation: PersonExplanation) {
  const { contact, revision } = policy.current();
  const policyPath = policy.state().path;
  const letter = adminLetter(explanation, { machineName: machine.name, policyPath, revision });
  return letter === null ? null : { letter, contact };
}

async function explainQuery(broker: Broker, { app, capability, target, secure }: ExplainQuery) {
  if (!app || !capability || !target) return { explanation: null, problem: null };
  const secureTransport = secure === "yes";
  try {
    const body = { app, capability, target, secureTransport, lookUp: true };
    return { explanation: await explainPermission(broker, body), problem: null };
  } catch (fault) {
    if (!(fault instanceof ActionError)) throw fault;
    return { explanation: null, problem: fault.detail };
  }
}
