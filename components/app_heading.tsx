/** Who asks: icon tile, name, origin and identity badge, the same wherever an app is shown. @module */
import type { JSX } from "preact";
import type { AppView } from "../broker/schema/dashboard.ts";
import { Icon } from "./icon.tsx";
import { plainText } from "./plain_text.ts";
import { appName } from "./sentence.ts";
import { text } from "./text.ts";

/** How many colours of tiles the stylesheet has. */
const tileColours = 6;

/** The app's icon as drawn anew here, or a tile with the first letter of its name, in a colour that its id chooses. */
export function AppTile(
  { app }: { readonly app: Pick<AppView, "id" | "claims" | "icon"> },
): JSX.Element {
  if (app.icon !== null) return <img class="tile" src={app.icon} alt="" width="32" height="32" />;
  const colour = parseInt(app.id.slice(-4), 16) % tileColours;
  const [letter = "?"] = [...appName(app)];
  return <span class={`tile tile-${colour}`} aria-hidden="true">{letter.toUpperCase()}</span>;
}

/** How sure we are of who this is: a word, an icon and a colour. */
export function IdentityBadge({ identity }: Pick<AppView, "identity">): JSX.Element {
  const verified = identity === "verified-origin";
  return (
    <span
      class={verified ? "badge" : "badge badge-warn"}
      title={verified ? text.identity.verifiedHint : text.identity.unverifiedHint}
    >
      <Icon name={verified ? "verified" : "warning"} />
      {text.identity[identity]}
    </span>
  );
}

/** Where an app comes from: its origin, or for a program what is known of it. */
export function appOrigin(app: Pick<AppView, "kind" | "origin">): string {
  return app.origin === null ? text.identity.programHint : plainText(app.origin, 260);
}

/** What a heading of an app takes. */
export interface AppHeadingProps {
  readonly app: AppView;
  /** Id of the heading, for what it labels. */
  readonly id: string;
  readonly level?: "h1" | "h2";
  readonly children?: JSX.Element | string | undefined;
}

/** Tile, name, origin and badge; what stands at the end comes as children. */
export function AppHeading(
  { app, id, level: Heading = "h2", children }: AppHeadingProps,
): JSX.Element {
  return (
    <div class="who">
      <AppTile app={app} />
      <div class="who-text">
        <Heading id={id} tabIndex={-1}>
          <bdi>{appName(app)}</bdi>
        </Heading>
        <span class={app.origin === null ? "muted" : "muted mono"}>
          <bdi>{appOrigin(app)}</bdi>
        </span>
      </div>
      <IdentityBadge identity={app.identity} />
      {children !== undefined && <span class="who-end">{children}</span>}
    </div>
  );
}
