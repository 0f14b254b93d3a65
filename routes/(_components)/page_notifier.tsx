/** The notifier with its icons: the same on every page. @module */
import { asset } from "fresh/runtime";
import type { JSX } from "preact";
import type { Dashboard } from "../../components/dashboard_model.ts";
import Notifier from "../../islands/notifier.tsx";

/** Draws nothing. */
export function PageNotifier({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const icons = { idle: asset("/logo.svg"), waiting: asset("/logo-waiting.svg") };
  return <Notifier dashboard={dashboard} icons={icons} />;
}
