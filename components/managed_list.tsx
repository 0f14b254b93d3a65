/** What the organisation sets, listed: what kind of item each is, in a word and an icon, and where it is written. @module */
import type { JSX } from "preact";
import type { PolicyView } from "../broker/schema/policy_view.ts";
import { Icon, type IconName } from "./icon.tsx";
import { type ManagedItem, managedItems, type ManagedKind } from "./managed_items.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";
import { TitledGroup } from "./titled_group.tsx";

const icons: Record<ManagedKind, IconName> = {
  enforced: "lock",
  default: "unlock",
  notAllowed: "cross",
};

/** A badge with the kind of a managed item. */
export function ManagedBadge({ kind }: Pick<ManagedItem, "kind">): JSX.Element {
  return (
    <span class="badge">
      <Icon name={icons[kind]} />
      {text.managed[kind]}
    </span>
  );
}

/** Who the organisation is, as it names itself. */
export function organisationName(managedBy: string | null): string {
  return managedBy === null ? text.managed.organisation : plainText(managedBy, 60);
}

/** The list, or the truth that nobody manages the machine. */
export function ManagedList({ policy }: { readonly policy: PolicyView }): JSX.Element {
  const items = managedItems(policy);
  const { managed } = text;
  const path = plainText(policy.path ?? "deno.json", 260);
  const heading = policy.managedBy === null
    ? managed.heading
    : fillText(managed.headingBy, { name: organisationName(policy.managedBy) });
  return (
    <TitledGroup id="managed" heading={heading}>
      <div class="card">
        {items.length === 0 && <p class="muted">{managed.none}</p>}
        {items.length > 0 && (
          <ul class="rows">
            {items.map(({ kind, key, words }) => (
              <li key={`${kind} ${key}`} data-managed={key}>
                <ManagedBadge kind={kind} /> {words}
                <span class="sub mono wrap">{fillText(managed.where, { path, key })}</span>
              </li>
            ))}
          </ul>
        )}
        {policy.contact !== null && (
          <p class="note wrap">
            {fillText(managed.contact, { contact: plainText(policy.contact, 200) })}
          </p>
        )}
      </div>
    </TitledGroup>
  );
}
