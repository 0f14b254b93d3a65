/** The apps that a person may choose from. @module */
import type { AppChoice } from "../schema/dashboard.ts";
import type { Broker } from "./ports.ts";

/** Every app by its name, in the order of names. */
export function appChoices({ store }: Pick<Broker, "store">): AppChoice[] {
  return [...store.list("app")].map(({ id, claims }) => ({ id, name: claims.name }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1);
}
