/** What an app's own origin says of it, whole: its manifest, who agrees to be part of it, and what is wrong. @module */
import type { JSX } from "preact";
import type { CheckedExtension, ManifestView as View } from "../broker/schema/manifest.ts";
import { Icon } from "./icon.tsx";
import { NameWarning } from "./name_warning.tsx";
import { plainText } from "./plain_text.ts";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";
import { clockTime } from "./time_text.ts";
import { WishList } from "./wish_list.tsx";

/** What the view takes. */
export interface ManifestViewProps {
  readonly manifest: NonNullable<View["manifest"]>;
  readonly nowMs: number;
}

/** Facts as a list of terms, the origins of the extended scope as a table, and the errors of the file. */
export function ManifestView({ manifest: record, nowMs }: ManifestViewProps): JSX.Element {
  const words = text.manifest;
  const { manifest, state, problem, extensions, errors } = record;
  const seen = new Set(record.seenWishes ?? []);
  const wishes = (manifest?.permission_requests ?? []).flatMap((wish) =>
    wish.targets.map((target) => ({
      capability: wish.capability,
      target,
      reason: wish.reason,
      isNew: record.seenWishes !== null && !seen.has(`${wish.capability} ${target}`),
    }))
  );
  return (
    <>
      <dl class="facts" data-manifest={state}>
        <dt>{words.state}</dt>
        <dd>
          <span class={state === "verified" ? "badge" : "badge badge-warn"}>
            <Icon name={state === "verified" ? "verified" : "warning"} />
            {words.states[state]}
          </span>{" "}
          {problem !== null && plainText(problem, 500)}
        </dd>
        <dt>{words.checked}</dt>
        <dd>
          <TimeMark atMs={record.checkedAtMs} nowMs={nowMs} />{" "}
          <span class="muted">
            {fillText(words.nextCheck, { time: clockTime(record.nextCheckAtMs, nowMs) })}
          </span>
        </dd>
        <dt>{words.url}</dt>
        <Address url={record.manifestUrl} />
        {manifest !== null && (
          <>
            <dt>{words.servedName}</dt>
            <dd>
              <bdi>{plainText(manifest.name ?? manifest.short_name ?? text.apps.none, 60)}</bdi>
              <NameWarning flags={manifest.name_flags} />
            </dd>
            <dt>{words.id}</dt>
            <Address url={manifest.id} />
            <dt>{words.startUrl}</dt>
            <Address url={manifest.start_url} />
            <dt>{words.scope}</dt>
            <Address url={manifest.scope} />
          </>
        )}
        {wishes.length > 0 && (
          <>
            <dt>{words.wishes}</dt>
            <dd>
              <WishList wishes={wishes} count={wishes.length} />
            </dd>
          </>
        )}
      </dl>
      {extensions.length > 0 && (
        <>
          <h3 class="table-title">{words.extensions}</h3>
          <ExtensionTable extensions={extensions} nowMs={nowMs} />
        </>
      )}
      {errors.length > 0 && (
        <details class="passed-over">
          <summary>{words.errors}</summary>
          <ul class="wishes">
            {errors.map((error) => <li key={error} class="wrap">{plainText(error, 300)}</li>)}
          </ul>
        </details>
      )}
    </>
  );
}

function Address({ url }: { readonly url: string }): JSX.Element {
  return (
    <dd class="mono wrap">
      <bdi>{plainText(url, 2048)}</bdi>
    </dd>
  );
}

function ExtensionTable(
  { extensions, nowMs }: {
    readonly extensions: readonly CheckedExtension[];
    readonly nowMs: number;
  },
): JSX.Element {
  const words = text.manifest;
  return (
    <table class="extensions">
      <caption class="unseen">{words.extensions}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.origin}</th>
          <th scope="col">{words.columns.state}</th>
          <th scope="col">{words.columns.scope}</th>
          <th scope="col">{words.columns.links}</th>
        </tr>
      </thead>
      <tbody>
        {extensions.map((extension) => (
          <tr key={extension.origin} data-extension={extension.state}>
            <td class="cell-lead mono wrap">
              <bdi>{plainText(extension.origin, 300)}</bdi>
            </td>
            <td data-label={words.columns.state}>
              <span class={extension.state === "agreed" ? "badge" : "badge badge-warn"}>
                <Icon name={extension.state === "agreed" ? "check" : "warning"} />
                {extension.lostAtMs === null
                  ? words.extensionStates[extension.state]
                  : words.withdrawn}
              </span>
              {extension.lostAtMs !== null && (
                <div class="note">
                  {fillText(words.lost, { time: clockTime(extension.lostAtMs, nowMs) })}
                </div>
              )}
              {extension.message !== null && (
                <div class="note wrap">{plainText(extension.message, 500)}</div>
              )}
            </td>
            <td data-label={words.columns.scope}>
              {extension.scope === null ? text.apps.none : (
                <span class="mono wrap">
                  <bdi>{plainText(extension.scope, 600)}</bdi>
                </span>
              )}
            </td>
            <td data-label={words.columns.links}>
              {extension.capturesLinks ? words.linksYes : words.linksNo}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
