/** What an app's own origin says of it, on its installation card: apart from what the page claims. @module */
import type { JSX } from "preact";
import type { AppView } from "../broker/schema/dashboard.ts";
import { Icon } from "./icon.tsx";
import { NameWarning } from "./name_warning.tsx";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";
import { WishList } from "./wish_list.tsx";

/** Name, scope, further origins and declared wishes as served; or that none of it is verified, and why. */
export function ManifestFacts({ app }: { readonly app: AppView }): JSX.Element {
  const words = text.manifest;
  const { manifest } = app;
  const isAwaited = manifest === null && app.claims.manifestUrl !== null;
  return (
    <div class="manifest" data-manifest={manifest?.state ?? "none"}>
      <NameWarning flags={app.nameFlags} />
      {manifest === null
        ? <p class="note">{isAwaited ? words.awaited : words.none}</p>
        : manifest.state !== "verified" && (
          <p class="note">
            <Icon name="warning" /> <b>{words.states[manifest.state]}</b>{" "}
            {plainText(manifest.problem ?? "", 500)}
          </p>
        )}
      {manifest !== null && manifest.scope !== null && (
        <dl class="facts">
          <dt>{words.servedName}</dt>
          <dd>
            <bdi>{plainText(manifest.name ?? text.apps.none, 60)}</bdi>
            <NameWarning flags={manifest.nameFlags} />
          </dd>
          <dt>{words.scope}</dt>
          <dd class="mono wrap">
            <bdi>{plainText(manifest.scope, 300)}</bdi>
          </dd>
          {manifest.extensions.length > 0 && (
            <>
              <dt>{words.extensions}</dt>
              <dd>
                {manifest.extensions.map(({ origin, state }) => (
                  <div key={origin}>
                    <span class="mono wrap">
                      <bdi>{plainText(origin, 300)}</bdi>
                    </span>{" "}
                    <span class="muted">({words.extensionStates[state]})</span>
                  </div>
                ))}
              </dd>
            </>
          )}
          {manifest.wishes.length > 0 && (
            <>
              <dt>{words.wishes}</dt>
              <dd>
                <WishList wishes={manifest.wishes} count={manifest.wishCount} />
              </dd>
            </>
          )}
        </dl>
      )}
    </div>
  );
}
