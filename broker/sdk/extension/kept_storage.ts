/** The extension's storage as the SDK wants it: at once, where the browser's answers later. @module */
import type { Environment } from "../environment.ts";
import type { BrowserStorage } from "./browser_api.ts";

const storageKey = "gatehouse";

/** Loads what is kept; what is written from then on is kept, too. */
export async function openKeptStorage(
  storage: BrowserStorage,
): Promise<NonNullable<Environment["storage"]>> {
  const { [storageKey]: found } = await storage.get(storageKey);
  const values = new Map(Object.entries((found ?? {}) as Record<string, string>));
  const keep = () => void storage.set({ [storageKey]: Object.fromEntries(values) });
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
      keep();
    },
    removeItem: (key) => {
      if (values.delete(key)) keep();
    },
  };
}
