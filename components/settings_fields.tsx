/** The fields of the settings: each in its own fieldset, or its value where the organisation locks it. @module */
import type { ComponentChildren, JSX } from "preact";
import type { CardDuration, Quieting, SettingsView } from "../broker/schema/settings.ts";
import { appearances, type BrowserChoices } from "./browser_choices.ts";
import { offeredDurations } from "./duration_text.ts";
import { settingText } from "./managed_items.ts";
import { ManagedBadge, organisationName } from "./managed_list.tsx";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";
import { TitledGroup } from "./titled_group.tsx";

/** What the fields take. */
export interface SettingsFieldsProps {
  readonly settings: Omit<SettingsView, "mode">;
  readonly browser: BrowserChoices;
  readonly managedBy: string | null;
  /** The longest that policy lets an Allow hold; null for as long as the person likes. */
  readonly longestMs: number | null;
}

const quietings = Object.keys(text.settings.quietings) as readonly Quieting[];

/** The fields, in three groups. Their values are read when the form is sent, not before. */
export function SettingsFields(props: SettingsFieldsProps): JSX.Element {
  const { settings: { cardDuration, quieting }, browser, longestMs } = props;
  const words = text.settings;
  const by = organisationName(props.managedBy);
  return (
    <>
      <TitledGroup id="cards" heading={words.cards}>
        <div class="card">
          <Setting
            id="card-duration"
            legend={words.cardDuration}
            hint={words.cardDurationHint}
            by={by}
            setting={cardDuration}
          >
            <select name="cardDuration" aria-labelledby="card-duration">
              {cardDuration.organisation !== null && (
                <option value="" selected={cardDuration.own === null}>
                  {fillText(text.managed.reset, {
                    by,
                    value: settingText(cardDuration.organisation.value),
                  })}
                </option>
              )}
              {offeredDurations(longestMs).map(([name]) =>
                name !== "always" && (
                  <option
                    key={name}
                    value={name}
                    selected={isSelected(cardDuration, name)}
                  >
                    {settingText(name)}
                  </option>
                )
              )}
            </select>
          </Setting>
          <Setting
            id="quieting"
            legend={words.quieting}
            hint={words.quietingHint}
            by={by}
            setting={quieting}
          >
            {quietings.map((name) => (
              <Radio
                key={name}
                name="quieting"
                value={name}
                checked={quieting.value === name}
                words={words.quietings[name]}
              />
            ))}
          </Setting>
        </div>
      </TitledGroup>
      <TitledGroup id="browser" heading={words.browser}>
        <div class="card">
          <p class="note">{words.browserHint}</p>
          <fieldset>
            <legend>{words.appearance}</legend>
            {appearances.map((name) => (
              <Radio
                key={name}
                name="appearance"
                value={name}
                checked={browser.appearance === name}
                words={words.appearances[name]}
              />
            ))}
          </fieldset>
          <label class="pick">
            <input type="checkbox" name="shortcuts" value="on" checked={browser.shortcuts} />
            <span>
              {words.shortcuts}
              <span class="sub">{words.shortcutsHint}</span>
            </span>
          </label>
        </div>
      </TitledGroup>
    </>
  );
}

function isSelected(
  { own, value, organisation }: SettingsView["cardDuration"],
  name: CardDuration,
): boolean {
  return organisation === null ? value === name : own === name;
}

interface SettingProps<Value> {
  readonly id: string;
  readonly legend: string;
  readonly hint: string;
  readonly by: string;
  readonly setting: {
    readonly value: Value;
    readonly own: Value | null;
    readonly organisation: { readonly value: Value; readonly locked: boolean } | null;
  };
  readonly children: ComponentChildren;
}

/** One setting: its control, or what the organisation sets in its place; the person's own stays readable. */
function Setting<Value extends Parameters<typeof settingText>[0]>(
  { id, legend, hint, by, setting, children }: SettingProps<Value>,
): JSX.Element {
  const { own, organisation } = setting;
  const { managed } = text;
  if (organisation?.locked) {
    return (
      <div role="group" aria-labelledby={id}>
        <h3 id={id}>{legend}</h3>
        <p>
          {settingText(organisation.value)} <ManagedBadge kind="enforced" />
        </p>
        {own !== null && own !== organisation.value && (
          <p>
            <s class="muted">{settingText(own)}</s>
          </p>
        )}
        <p class="note">{fillText(managed.by, { by })}</p>
      </div>
    );
  }
  const differs = own !== null && own !== organisation?.value;
  return (
    <fieldset class="stack" aria-describedby={`${id}-hint`}>
      <legend id={id}>{legend}</legend>
      {children}
      <p class="note" id={`${id}-hint`}>
        {organisation !== null && (
          <>
            <ManagedBadge kind="default" /> {fillText(differs ? managed.yours : managed.same, {
              by,
              value: settingText(organisation.value),
            })}
            {" "}
          </>
        )}
        {hint}
      </p>
    </fieldset>
  );
}

interface RadioProps {
  readonly name: string;
  readonly value: string;
  readonly checked: boolean;
  readonly words: string;
}

function Radio({ words, ...input }: RadioProps): JSX.Element {
  return (
    <label class="option">
      <input type="radio" {...input} />
      {words}
    </label>
  );
}
