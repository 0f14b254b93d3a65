/** What is shown when a page could not be made. @module */
import { HttpError, type PageProps } from "fresh";
import type { JSX } from "preact";
import { ActionError } from "../broker/actions/action_error.ts";
import { text } from "../components/text.ts";
import { ErrorPage } from "./(_components)/error_page.tsx";

/** Tells what was not found from what failed; says nothing else of the fault. */
export default function Fault({ error }: PageProps): JSX.Element {
  const missing = (error instanceof HttpError && error.status === 404) ||
    (error instanceof ActionError && error.type === "not-found");
  return missing
    ? <ErrorPage heading={text.error.notFound} hint={text.error.notFoundHint} />
    : <ErrorPage heading={text.error.failed} hint={text.error.failedHint} />;
}
