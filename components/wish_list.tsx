/** What an app declares it will ask for: none of it is allowed by that. @module */
import type { JSX } from "preact";
import type { ShownWish } from "../broker/schema/manifest.ts";
import { plainText } from "./plain_text.ts";
import { plural } from "./plural.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** What a list of wishes takes. */
export interface WishListProps {
  readonly wishes: readonly ShownWish[];
  /** How many there are in all. */
  readonly count: number;
}

/** Capability, target and the app's own reason, one line each; new ones are said to be new. */
export function WishList({ wishes, count }: WishListProps): JSX.Element {
  return (
    <ul class="wishes">
      {wishes.map(({ capability, target, reason, isNew }) => (
        <li key={`${capability} ${target}`}>
          {isNew && <span class="badge">{text.manifest.newWish}</span>}{" "}
          {text.capability[capability]}
          {": "}
          <b class="wrap">
            <bdi>{targetText(target, capability)}</bdi>
          </b>{" "}
          {reason !== null && (
            <span class="muted">
              “<bdi>{plainText(reason, 140)}</bdi>”
            </span>
          )}
        </li>
      ))}
      {count > wishes.length && <li>{plural(count - wishes.length, text.manifest.moreWishes)}</li>}
    </ul>
  );
}
