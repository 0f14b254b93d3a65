/** A page for when there is no other: no live parts, since the broker may be what failed. @module */
import { Head } from "fresh/runtime";
import type { JSX } from "preact";
import { Logo } from "../../components/logo.tsx";
import { fillText } from "../../components/phrase.ts";
import { text } from "../../components/text.ts";

/** What an error page takes. */
export interface ErrorPageProps {
  readonly heading: string;
  readonly hint: string;
}

/** What is wrong, and the way home. */
export function ErrorPage({ heading, hint }: ErrorPageProps): JSX.Element {
  return (
    <>
      <Head>
        <title>{fillText(text.title, { page: heading })}</title>
      </Head>
      <main class="alone">
        <p class="brand">
          <Logo />
          {text.product}
        </p>
        <h1>{heading}</h1>
        <p class="muted">{hint}</p>
        <p>
          <a href="/">{text.error.home}</a>
        </p>
      </main>
    </>
  );
}
