/** The document around every page. @module */
import type { PageProps } from "fresh";
import { asset } from "fresh/runtime";
import type { JSX } from "preact";
import { language, text } from "../components/text.ts";

/** Head and body; what a page puts into `<Head>` is added. */
export default function App({ Component }: PageProps): JSX.Element {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{text.product}</title>
        <link rel="icon" href={asset("/logo.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("/styles.css")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
}
