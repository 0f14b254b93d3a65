/** What is shown where there is nothing. @module */
import type { JSX } from "preact";
import { ErrorPage } from "./(_components)/error_page.tsx";
import { text } from "../components/text.ts";

/** Says so, and leads to the requests. */
export default function NotFound(): JSX.Element {
  return <ErrorPage heading={text.error.notFound} hint={text.error.notFoundHint} />;
}
