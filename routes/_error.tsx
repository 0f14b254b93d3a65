/** What is shown when a page could not be made. @module */
import { HttpError, page } from "fresh";
import { ActionError } from "../broker/actions/action_error.ts";
import { problemKinds } from "../broker/http/problem.ts";
import { define } from "../broker/http/state.ts";
import { text } from "../components/text.ts";
import { ErrorPage } from "./(_components)/error_page.tsx";

/** Tells what was asked wrongly from what failed here; says nothing else of the fault. */
export const handler = define.handlers((ctx) => {
  const status = statusOf(ctx.error);
  return page({ status }, { status });
});

export default define.page<typeof handler>(({ data }) => {
  const { notFound, notFoundHint, failed, failedHint } = text.error;
  return data.status < 500
    ? <ErrorPage heading={notFound} hint={notFoundHint} />
    : <ErrorPage heading={failed} hint={failedHint} />;
});

function statusOf(fault: unknown): number {
  if (fault instanceof HttpError) return fault.status;
  return fault instanceof ActionError ? problemKinds[fault.type].status : 500;
}
