/** The document around every page. @module */
import type { PageProps } from "fresh";
import { asset } from "fresh/runtime";
import type { JSX } from "preact";
import { colourSchemes, readBrowserChoices } from "../components/browser_choices.ts";
import { language, text } from "../components/text.ts";

/** Head and body; what a page puts into `<Head>` is added. */
export default function App({ Component, req }: PageProps): JSX.Element {
  const { appearance } = readBrowserChoices(req.headers.get("cookie"));
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={colourSchemes(appearance)} />
        <title>{text.product}</title>
        <link rel="icon" href={asset("/logo.svg")} type="image/svg+xml" />
        <link rel="apple-touch-icon" href={asset("/icon-192.png")} />
        <link rel="manifest" href={asset("/manifest.webmanifest")} />
        <link rel="stylesheet" href={asset("/styles.css")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
}
