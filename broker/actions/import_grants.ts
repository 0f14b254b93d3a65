/** Importing permissions from a file: first as a dry run, then exactly what that has shown. @module */
import {
  type GrantsFile,
  type ImportBody,
  importOutcomes,
  type ImportResult,
  maxImportRows,
} from "../schema/grants_file.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import { planImport, type PlannedImport } from "./plan_import.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

// The store takes 1,000 changes in one commit; each grant is a record and a line of history.
const maxAtOnce = 400;

/**
 * Says what an import would do, or, with the token of what it has said, does it. An imported permission is an answer like
 * any other: `decide()` puts policy, protections and denials before it. A long file is written in parts; should one fail,
 * importing the file again goes on where it ended, for what is there is a duplicate.
 *
 * @throws ActionError `stale-review` when an import would do something else by now, `invalid-body` for bad targets.
 */
export async function importGrants(broker: Broker, body: ImportBody): Promise<ImportResult> {
  const { file, reviewToken } = body;
  const plan = planImport(broker, file);
  const token = tokenOf(broker, file, plan);
  if (reviewToken === undefined) return { ...shown(file, plan), reviewToken: token, imported: [] };
  if (reviewToken !== token) {
    throw new ActionError(
      "stale-review",
      "What this file would do has changed since you looked. Look again, then import it.",
    );
  }
  const fresh = plan.filter(({ grant }) => grant !== null);
  const imported: ImportResult["imported"] = [];
  for (let from = 0; from < fresh.length; from += maxAtOnce) {
    imported.push(...await write(broker, file, fresh.slice(from, from + maxAtOnce)));
  }
  return { ...shown(file, plan), reviewToken: null, imported };
}

function write(
  broker: Broker,
  { machineName }: GrantsFile,
  part: readonly PlannedImport[],
): Promise<ImportResult["imported"]> {
  return transact(broker, () => {
    // An app that was uninstalled while the parts before this one were written takes its permissions with it.
    const grants = part.flatMap(({ app, grant }) => {
      return grant && app && broker.store.get("app", app.id) ? [{ app, grant }] : [];
    });
    return {
      batch: grants.length === 0 ? null : {
        checks: grants.map(({ grant: { id } }) => ({ noun: "grant", id, version: null })),
        puts: grants.map(({ grant }) => ({ noun: "grant", id: grant.id, record: grant })),
        history: grants.map(({ app, grant }) =>
          historyDraft(broker, "grant-created", "person", {
            app,
            capability: grant.capability,
            target: grant.target,
            message: `Imported: ${
              grant.effect === "allow" ? "Allow" : "Deny"
            } ${grant.target}, from ${machineName}.`,
            detail: { grant },
          })
        ),
      },
      result: grants.map(({ grant }) => grant.id),
    };
  });
}

/** Stands for a file and what it would do; ids of grants that are not there yet are no part of it. */
function tokenOf({ secrets }: Broker, file: GrantsFile, plan: readonly PlannedImport[]): string {
  return secrets.hash(JSON.stringify([
    file.permissions,
    plan.map(({ outcome, app, grant }) => [outcome, app?.id ?? null, grant?.spaces ?? null]),
  ]));
}

function shown(
  { permissions }: GrantsFile,
  plan: readonly PlannedImport[],
): Pick<ImportResult, "counts" | "broad" | "rows"> {
  const counts = Object.fromEntries(
    importOutcomes.map((outcome) => [
      outcome,
      plan.filter((planned) => planned.outcome === outcome).length,
    ]),
  ) as ImportResult["counts"];
  const rows = plan.flatMap(({ outcome, app, broad, detail }, index) => {
    const permission = permissions[index];
    if (!permission || (outcome === "new" && !broad)) return [];
    const { effect, capability, target } = permission;
    const appName = app?.claims.name ?? permission.app.name;
    return [{
      index,
      outcome,
      broad,
      effect,
      appName,
      appId: app?.id ?? null,
      capability,
      target,
      detail,
    }];
  });
  return {
    counts,
    broad: plan.filter(({ broad }) => broad).length,
    rows: rows.slice(0, maxImportRows),
  };
}
