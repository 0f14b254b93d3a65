/** The list of the keyboard's shortcuts. @module */
import type { JSX } from "preact";
import { goKeys } from "./shortcuts.ts";
import { text } from "./text.ts";

const { keys, pages } = text;

const pageNames: Record<keyof typeof goKeys, string> = {
  r: pages.requests,
  a: pages.apps,
  c: pages.connections,
  p: pages.permissions,
  h: pages.history,
  e: pages.explain,
  o: pages.policy,
  s: pages.settings,
};

const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [keys.groups.cards, [
    ["j ↓", keys.next],
    ["k ↑", keys.previous],
    ["o", keys.unfold],
    ["d", keys.deny],
    ["a", keys.allow],
    ["l", keys.later],
    ["s", keys.silence],
  ]],
  [keys.groups.everywhere, [
    ["z", keys.undo],
    ["/", keys.search],
    ["Esc", keys.escape],
    ["?", keys.help],
  ]],
  [
    keys.groups.go,
    Object.entries(pageNames).map(([letter, page]) => [`g ${letter}`, page] as const),
  ],
];

/** Three groups; and that no key grants. */
export function KeyMap(): JSX.Element {
  return (
    <>
      <p class="note">
        {keys.never} <a href="/settings#browser">{keys.off}</a>
      </p>
      {groups.map(([heading, rows]) => (
        <section key={heading} class="keys">
          <h3>{heading}</h3>
          <dl>
            {rows.map(([shortcut, does]) => (
              <div key={shortcut}>
                <dt>
                  {shortcut.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
