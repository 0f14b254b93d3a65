/** One line on what each button of a card does. @module */
import type { JSX } from "preact";
import { text } from "./text.ts";

/** The lines; what Allow does depends on whether the app waits for it. */
export function CardHints({ waiting }: { readonly waiting: boolean }): JSX.Element {
  const { allow, allowIdle, deny, later, silence } = text.card.hints;
  const lines = [
    [text.card.allow, waiting ? allow : allowIdle],
    [text.card.deny, deny],
    [text.card.later, later],
    [text.card.silenceWord, silence],
  ];
  return (
    <ul class="hints">
      {lines.map(([act, what]) => (
        <li key={act}>
          <b>{act}</b> {what}
        </li>
      ))}
    </ul>
  );
}
