/** What the history says of a manifest that has changed, and of origins that joined an app or left it. @module */
import { changedMembers } from "../core/manifest_changes.ts";
import type { App } from "../schema/app.ts";
import type { HistoryDraft } from "../schema/history.ts";
import type { AppManifest } from "../schema/manifest.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/** The lines. Of an app that nobody has installed yet none is written: it could change at will. */
export function manifestHistory(
  broker: Broker,
  app: App,
  before: AppManifest | null,
  after: AppManifest,
): HistoryDraft[] {
  if (app.state !== "installed") return [];
  const drafts: HistoryDraft[] = [];
  const tell = (
    kind: "manifest-changed" | "scope-changed",
    message: string,
    detail: HistoryDraft["detail"] = {},
  ) => drafts.push(historyDraft(broker, kind, "app", { app, message, detail }));
  const { name } = app.claims;
  if (before?.manifest && after.manifest) {
    const changed = changedMembers(before.manifest, after.manifest);
    if (changed.length > 0) {
      tell("manifest-changed", `The manifest of ${name} has changed: ${changed.join(", ")}.`, {
        changed,
      });
    }
  }
  for (const { origin, state, scope, message } of after.extensions) {
    const wasAgreed = before?.extensions.find((known) => known.origin === origin)?.state ===
      "agreed";
    if (state === "agreed" && !wasAgreed) {
      tell("scope-changed", `${origin} agreed to be part of ${name}.`, { origin, scope });
    }
    if (state !== "agreed" && wasAgreed) {
      tell("scope-changed", `${origin} is no longer part of ${name}. ${message ?? ""}`.trim(), {
        origin,
      });
    }
  }
  const named = new Set(after.extensions.map(({ origin }) => origin));
  for (const { origin, state } of before?.extensions ?? []) {
    if (state === "agreed" && !named.has(origin)) {
      tell("scope-changed", `${name} no longer counts ${origin} as a part of itself.`, { origin });
    }
  }
  return drafts;
}
