/** Which app may take links to which URLs, with what that can be misused for (Scope Extensions, "Security Considerations"). @module */
import type { JSX } from "preact";
import type { LinkCapture } from "../broker/schema/manifest.ts";
import { Icon } from "./icon.tsx";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";

/** The table; nothing while no app has a verified scope. */
export function LinkCaptureTable(
  { captures }: { readonly captures: readonly LinkCapture[] },
): JSX.Element | null {
  const words = text.manifest.capture;
  if (captures.length === 0) return null;
  return (
    <section aria-labelledby="link-capture">
      <h2 id="link-capture">{words.heading}</h2>
      <p class="note">{words.hint}</p>
      {captures.some(({ agreedBy }) => agreedBy !== null) && (
        <div class="broad">
          <Icon name="warning" />
          <p>{words.warning}</p>
        </div>
      )}
      <div class="group">
        <table class="captures">
          <caption class="unseen">{words.heading}</caption>
          <thead>
            <tr>
              <th scope="col">{words.columns.scope}</th>
              <th scope="col">{words.columns.app}</th>
              <th scope="col">{words.columns.by}</th>
            </tr>
          </thead>
          <tbody>
            {captures.map(({ appId, appName, scope, agreedBy }) => (
              <tr key={`${appId} ${scope}`}>
                <td class="cell-lead mono wrap">
                  <bdi>{plainText(scope, 600)}</bdi>
                </td>
                <td data-label={words.columns.app}>
                  <a href={`/apps/${appId}`}>
                    <bdi>{plainText(appName, 60)}</bdi>
                  </a>
                </td>
                <td data-label={words.columns.by}>
                  {agreedBy === null ? words.own : (
                    <span class="mono wrap">
                      <bdi>{plainText(agreedBy, 300)}</bdi>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
