/** The card of an installed app whose manifest newly says that it will ask for more. @module */
import type { JSX } from "preact";
import { ActButton } from "./act_button.tsx";
import { AppHeading } from "./app_heading.tsx";
import type { AppView } from "../broker/schema/dashboard.ts";
import { PhraseView } from "./phrase_view.tsx";
import { installationSentence } from "./sentence.ts";
import { text } from "./text.ts";
import { WishList } from "./wish_list.tsx";

/** What the card takes. */
export interface WishesCardProps {
  readonly app: AppView;
  readonly inert: boolean;
  readonly error: string | null;
  readonly onSeen: () => void;
}

/** Who, what is new, and that nothing is allowed by it. */
export function WishesCard({ app, inert, error, onSeen }: WishesCardProps): JSX.Element {
  const words = text.manifest;
  const sentenceId = `install-${app.id}`;
  const { manifest } = app;
  return (
    <section class="group" aria-labelledby={`app-${app.id}`}>
      <AppHeading app={app} id={`app-${app.id}`}>{words.newWishes}</AppHeading>
      <article class="card" aria-labelledby={sentenceId} data-installation={app.id}>
        <h3 id={sentenceId} class="sentence" tabIndex={-1}>
          <PhraseView phrase={installationSentence(app)} />
        </h3>
        <div class="consequence">
          <p>{words.wishesAllowNothing}</p>
        </div>
        {manifest !== null && (
          <WishList
            wishes={manifest.wishes.filter(({ isNew }) => isNew)}
            count={manifest.newWishCount}
          />
        )}
        {error !== null && <p class="field-error" role="alert">{error}</p>}
        <div class="actions">
          <ActButton class="large" inert={inert} onPress={onSeen}>{words.seen}</ActButton>
          <a class="button large" href={`/apps/${app.id}`}>{words.lookAtApp}</a>
        </div>
      </article>
    </section>
  );
}
