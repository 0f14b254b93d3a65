/** What is known of an app, and what it only claims. @module */
import type { JSX } from "preact";
import type { AppView } from "../broker/schema/dashboard.ts";
import { IdentityBadge } from "./app_heading.tsx";
import { plainText } from "./plain_text.ts";
import { appName } from "./sentence.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";

/** What an identity section takes. */
export interface AppIdentityProps {
  readonly app: AppView;
  readonly nowMs: number;
}

/** Facts and claims as a list of terms; what the app says of itself is said to be that. */
export function AppIdentity({ app, nowMs }: AppIdentityProps): JSX.Element {
  const words = text.apps;
  return (
    <section aria-labelledby="identity">
      <h2 id="identity">{words.identity}</h2>
      <div class="group">
        <dl class="facts">
          <dt>{words.columns.kind}</dt>
          <dd>
            {text.kind[app.kind]} <IdentityBadge identity={app.identity} />
          </dd>
          <dt>{words.origin}</dt>
          <dd class="mono wrap">
            <bdi>{plainText(app.origin ?? words.none, 512)}</bdi>
          </dd>
          <dt>{words.name}</dt>
          <dd>
            <bdi>{appName(app)}</bdi> <span class="muted">({words.claimed})</span>
          </dd>
          {app.manifestId !== null && (
            <>
              <dt>{words.manifestId}</dt>
              <dd class="mono wrap">
                <bdi>{plainText(app.manifestId, 2048)}</bdi>
              </dd>
            </>
          )}
          {app.claims.manifestUrl !== null && (
            <>
              <dt>{words.manifest}</dt>
              <dd>
                <span class="mono wrap">
                  <bdi>{plainText(app.claims.manifestUrl, 2048)}</bdi>
                </span>{" "}
                <span class="muted">({words.claimed})</span>
              </dd>
            </>
          )}
          {app.claims.frames !== undefined && app.claims.frames.length > 0 && (
            <>
              <dt>{words.frames}</dt>
              <dd>
                {app.claims.frames.map((origin) => (
                  <span key={origin} class="mono wrap">
                    <bdi>{plainText(origin, 512)}</bdi>
                    {" "}
                  </span>
                ))}
                <span class="muted">({words.claimed})</span>
              </dd>
            </>
          )}
          <dt>{words.registered}</dt>
          <dd>
            <TimeMark atMs={app.registeredAtMs} nowMs={nowMs} />
          </dd>
          {app.installedAtMs !== null && (
            <>
              <dt>{words.installed}</dt>
              <dd>
                <TimeMark atMs={app.installedAtMs} nowMs={nowMs} />
              </dd>
            </>
          )}
          <dt>{words.id}</dt>
          <dd class="mono wrap">{app.id}</dd>
        </dl>
      </div>
    </section>
  );
}
