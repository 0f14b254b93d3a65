/** Deny once, and beside it a menu of longer denials. @module */
import type { JSX } from "preact";
import type { Duration } from "../broker/schema/duration.ts";
import { ActButton } from "./act_button.tsx";
import { ChoiceMenu } from "./choice_menu.tsx";
import { durationChoices, durationClause } from "./duration_text.ts";
import { Icon } from "./icon.tsx";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";

/** What the menu offers, whatever is chosen on the card. */
const alwaysOffered = [
  [text.card.deny10Minutes, durationChoices["10-minutes"]],
  [text.card.denyHour, durationChoices["1-hour"]],
  [text.card.denyAlways, durationChoices.always],
] as const satisfies readonly (readonly [string, Duration])[];

/** What a deny button takes. */
export interface DenyButtonProps {
  /** An id of its own on the page, for the menu. */
  readonly menuId: string;
  /** The duration that is chosen on the card; null while a time is still to be written. */
  readonly chosen: Duration | null;
  readonly app: string;
  readonly nowMs: number;
  readonly inert: boolean;
  readonly onDeny: (duration: Duration) => void;
}

/** The button and its menu; a duration that only the card offers comes last in it. */
export function DenyButton(props: DenyButtonProps): JSX.Element {
  const { chosen, inert, onDeny } = props;
  const offered: readonly Duration[] = [durationChoices.once, ...alwaysOffered.map(([, it]) => it)];
  const choices: (readonly [string, Duration])[] = [...alwaysOffered];
  if (chosen !== null && !offered.includes(chosen)) {
    const duration = durationClause(chosen, props.app, props.nowMs);
    choices.push([fillText(text.card.denyChosen, { duration }), chosen]);
  }
  return (
    <span class="split">
      <ActButton
        class="large deny"
        shortcut="d"
        inert={inert}
        onPress={() => onDeny(durationChoices.once)}
      >
        {text.card.denyOnce}
      </ActButton>
      <ChoiceMenu
        id={props.menuId}
        class="large deny more"
        label={text.card.denyMore}
        inert={inert}
        choices={choices.map(([label, duration]) => ({ label, onPress: () => onDeny(duration) }))}
      >
        <Icon name="chevron" />
      </ChoiceMenu>
    </span>
  );
}
