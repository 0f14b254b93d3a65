/** The card of an app that waits to be installed, of another browser that speaks in its name, or of its new wishes. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AppView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { installApp, refuseApp, seeWishes, type Stage } from "./acts.ts";
import { AdminError } from "./admin_client.ts";
import { AppHeading } from "./app_heading.tsx";
import { isInert } from "./dashboard_model.ts";
import { GuardedButton } from "./guarded_button.tsx";
import { ManifestFacts } from "./manifest_facts.tsx";
import { asksForWishesOnly } from "./pending_installations.ts";
import { PhraseView } from "./phrase_view.tsx";
import { AppReason } from "./request_facts.tsx";
import { installationSentence } from "./sentence.ts";
import { text } from "./text.ts";
import { WishesCard } from "./wishes_card.tsx";

/** What an installation card takes. */
export interface InstallationCardProps {
  readonly app: AppView;
  readonly stage: Stage;
  readonly onAnswered: () => void;
}

/** Who, what it wants, and Install or Refuse. */
export function InstallationCard({ app, stage, onAnswered }: InstallationCardProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const inert = busy || isInert(stage.dashboard);
  const newApp = app.state === "pending-installation";
  const { hints } = text.card;

  async function run(perform: () => Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await perform();
      onAnswered();
    } catch (fault) {
      if (!(fault instanceof AdminError)) throw fault;
      setError(fault.detail);
    } finally {
      setBusy(false);
    }
  }

  if (asksForWishesOnly(app)) {
    return (
      <WishesCard
        app={app}
        inert={inert}
        error={error}
        onSeen={() => void run(() => seeWishes(stage, app))}
      />
    );
  }
  const sentenceId = `install-${app.id}`;
  return (
    <section class="group" aria-labelledby={`app-${app.id}`}>
      <AppHeading app={app} id={`app-${app.id}`}>{text.state.waitingInstallation}</AppHeading>
      <article class="card" aria-labelledby={sentenceId} data-installation={app.id}>
        <h3 id={sentenceId} class="sentence" tabIndex={-1}>
          <PhraseView phrase={installationSentence(app)} />
        </h3>
        <div class="consequence">
          <p>{newApp ? text.consequence.install : text.consequence.anotherBrowser}</p>
        </div>
        {newApp && <AppReason reason={app.claims.reason} />}
        {newApp && app.kind === "web" && <ManifestFacts app={app} />}
        {error !== null && <p class="field-error" role="alert">{error}</p>}
        <div class="actions">
          <ActButton
            class="large deny"
            shortcut="d"
            inert={inert}
            onPress={() => void run(() => refuseApp(stage, app))}
          >
            {text.card.refuse}
          </ActButton>
          <GuardedButton
            class="large allow"
            shortcut="a"
            shown={`${app.origin} ${app.claims.name} ${app.pendingCredentials} ${app.manifest?.checkedAtMs}`}
            inert={inert}
            onPress={() => void run(() => installApp(stage, app))}
          >
            {newApp ? text.card.install : text.card.accept}
          </GuardedButton>
        </div>
        <ul class="hints">
          <li>
            <b>{newApp ? text.card.install : text.card.accept}</b>{" "}
            {newApp ? hints.install : hints.accept}
          </li>
          <li>
            <b>{text.card.refuse}</b> {newApp ? hints.refuse : hints.refuseBrowser}
          </li>
        </ul>
      </article>
    </section>
  );
}
