/** The manifest of one app on its page: as last looked at, looked at again on demand, and kept up to date. @module */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { AppId } from "../broker/schema/ids.ts";
import type { ManifestView as View } from "../broker/schema/manifest.ts";
import { ActButton } from "../components/act_button.tsx";
import { revalidateApp, seeWishes } from "../components/acts.ts";
import { AdminError } from "../components/admin_client.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { ManifestView } from "../components/manifest_view.tsx";
import { NameWarning } from "../components/name_warning.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface AppManifestProps {
  readonly dashboard: Dashboard;
  readonly appId: AppId;
  /** The manifest when the page was made. */
  readonly view: View;
}

/** Identity and scope: what the origin serves, and the button that looks again. */
export default function AppManifest(
  { dashboard, appId, view }: AppManifestProps,
): JSX.Element | null {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const [shown, setShown] = useState(view);
  const [busy, setBusy] = useState(false);
  const app = dashboard.snapshot.value.apps.find(({ id }) => id === appId);
  const summary = app?.manifest ?? null;
  // The stream tells the manifest in short: what it tells anew is read whole.
  const told = `${summary?.checkedAtMs} ${summary?.newWishCount}`;
  const [known, setKnown] = useState(told);
  useEffect(() => {
    if (told === known) return;
    setKnown(told);
    stage.client.manifest(appId).then(setShown, (fault) => {
      if (!(fault instanceof AdminError)) throw fault;
    });
  }, [told]);
  if (app === undefined || app.kind !== "web") return null;
  const words = text.manifest;
  const inert = busy || isInert(dashboard);
  const run = (perform: () => Promise<void>) => {
    setBusy(true);
    void perform().catch(() => {}).finally(() => setBusy(false));
  };
  const canLook = app.claims.manifestUrl !== null || shown.manifest !== null;
  return (
    <section aria-labelledby="scope">
      <h2 id="scope">{words.heading}</h2>
      <div class="group">
        <NameWarning flags={app.nameFlags} />
        {shown.manifest === null
          ? <p class="note manifest">{canLook ? words.awaited : words.none}</p>
          : <ManifestView manifest={shown.manifest} nowMs={nowMs} />}
        <ul class="controls">
          {(summary?.newWishCount ?? 0) > 0 && (
            <li>
              <ActButton inert={inert} onPress={() => run(() => seeWishes(stage, app))}>
                {words.seen}
              </ActButton>
              <span class="note">{words.wishesAllowNothing}</span>
            </li>
          )}
          {canLook && (
            <li>
              <ActButton
                inert={inert}
                onPress={() => run(async () => setShown(await revalidateApp(stage, app)))}
              >
                {words.revalidate}
              </ActButton>
              <span class="note">{words.revalidateHint}</span>
            </li>
          )}
          <li>
            <a class="button" href={`/apps/${appId}/export`} download>{words.export}</a>
            <span class="note">{words.exportHint}</span>
          </li>
        </ul>
      </div>
    </section>
  );
}
