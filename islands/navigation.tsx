/** The pages of the dashboard, with how much waits on each. @module */
import type { JSX } from "preact";
import { countsOf } from "../components/counts.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";

/** A page of the dashboard. */
export type PageName =
  | "requests"
  | "apps"
  | "connections"
  | "permissions"
  | "history"
  | "explain"
  | "policy"
  | "settings";

const pages: readonly {
  readonly name: PageName;
  readonly href: string;
  readonly icon: IconName;
}[] = [
  { name: "requests", href: "/", icon: "requests" },
  { name: "apps", href: "/apps", icon: "apps" },
  { name: "connections", href: "/connections", icon: "connections" },
  { name: "permissions", href: "/permissions", icon: "permissions" },
  { name: "history", href: "/history", icon: "history" },
  { name: "explain", href: "/explain", icon: "explain" },
  { name: "policy", href: "/policy", icon: "policy" },
  { name: "settings", href: "/settings", icon: "settings" },
];

/** What the island takes. */
export interface NavigationProps {
  readonly dashboard: Dashboard;
  readonly current: PageName;
}

/** Links with counts, and whose machine this is. */
export default function Navigation({ dashboard, current }: NavigationProps): JSX.Element {
  const { snapshot } = dashboard;
  const counts = countsOf(snapshot.value);
  const figures: Record<PageName, number | null> = {
    requests: counts.waiting,
    apps: counts.apps,
    connections: counts.live,
    permissions: counts.permissions,
    history: null,
    explain: null,
    policy: null,
    settings: null,
  };
  return (
    <nav class="pages" aria-label={text.pages.label}>
      <ul>
        {pages.map(({ name, href, icon }) => (
          <li key={name}>
            <a href={href} aria-current={name === current ? "page" : undefined}>
              <Icon name={icon} />
              <span>{text.pages[name]}</span>
              {figures[name] !== null && figures[name] > 0 && (
                <span class={name === "requests" ? "figure figure-waiting" : "figure"}>
                  {figures[name]}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <p class="machine">
        {plainText(snapshot.value.machineName, 60)}
        {snapshot.value.managedBy !== null && (
          <>
            <br />
            {fillText(text.managedBy, { name: plainText(snapshot.value.managedBy, 60) })}
          </>
        )}
      </p>
    </nav>
  );
}
