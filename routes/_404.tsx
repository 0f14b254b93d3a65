/** What is shown where there is nothing. @module */
import { page } from "fresh";
import { define } from "../broker/http/state.ts";
import { text } from "../components/text.ts";
import { ErrorPage } from "./(_components)/error_page.tsx";

/** Answers with the status that says so. */
export const handler = define.handlers(() => page(null, { status: 404 }));

/** Says so, and leads to the requests. */
export default define.page(() => (
  <ErrorPage heading={text.error.notFound} hint={text.error.notFoundHint} />
));
