/** `/requests/[id]`: one request; live where script runs, a plain form where it does not. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../../broker/actions/dashboard_snapshot.ts";
import { readId } from "../../broker/http/read_body.ts";
import { define } from "../../broker/http/state.ts";
import { RequestId } from "../../broker/schema/ids.ts";
import { createDashboard } from "../../components/dashboard_model.ts";
import { text } from "../../components/text.ts";
import SingleRequest from "../../islands/single_request.tsx";
import { DashboardPage } from "../(_components)/dashboard_page.tsx";
import { PlainAnswerForm } from "../(_components)/plain_answer_form.tsx";
import { answerByForm, readQuestion } from "./(_forms)/answer_form.ts";

/** Shows the request, or does what its form says and goes on to where that is seen. */
export const handler = define.handlers({
  async GET(ctx) {
    const id = readId(ctx.params["id"], RequestId);
    const snapshot = await dashboardSnapshot(ctx.state.broker);
    const pending = snapshot.requests.some((request) => request.id === id);
    const formToken = ctx.state.signIn?.formToken ?? null;
    const question = readQuestion(ctx.url.searchParams);
    return page({ id, snapshot, formToken, question }, { status: pending ? 200 : 404 });
  },
  async POST(ctx) {
    const id = readId(ctx.params["id"], RequestId);
    const form = ctx.state.form ?? new URLSearchParams();
    return ctx.redirect(await answerByForm(ctx.state.broker, id, form), 303);
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  const view = data.snapshot.requests.find(({ id }) => id === data.id);
  return (
    <DashboardPage
      dashboard={dashboard}
      current="requests"
      heading={{ text: text.requests.one, hint: text.tagline }}
    >
      <SingleRequest dashboard={dashboard} requestId={data.id} />
      {view !== undefined && data.formToken !== null && (
        <noscript>
          <PlainAnswerForm
            view={view}
            nowMs={data.snapshot.nowMs}
            longestMs={data.snapshot.longestDurationMs}
            cardDuration={data.snapshot.cardDuration}
            formToken={data.formToken}
            question={data.question}
          />
        </noscript>
      )}
      <p>
        <a href="/">{text.requests.back}</a>
      </p>
    </DashboardPage>
  );
});
