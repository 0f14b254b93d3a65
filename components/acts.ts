/** What the person does in the dashboard: each calls the broker, then says what happened and how to take it back. @module */
import type { ManifestView } from "../broker/schema/manifest.ts";
import type { AnswerBody } from "../broker/schema/admin_api.ts";
import type { Budget } from "../broker/schema/budget.ts";
import type {
  AppView,
  EmbargoView,
  GrantView,
  HistoryRow,
  RequestView,
  SessionView,
} from "../broker/schema/dashboard.ts";
import type { Duration } from "../broker/schema/duration.ts";
import type { AppId, GrantId, RequestId } from "../broker/schema/ids.ts";
import type { Mode, SettingsChange } from "../broker/schema/settings.ts";
import { type AdminClient, AdminError } from "./admin_client.ts";
import type { Dashboard, Undo } from "./dashboard_model.ts";
import { durationClause } from "./duration_text.ts";
import { fillPhrase, fillText, type Phrase, type StrongPart } from "./phrase.ts";
import { plural } from "./plural.ts";
import { appPart } from "./sentence.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** Where acts happen: the page's signals, and the way to the broker. */
export interface Stage {
  readonly dashboard: Dashboard;
  readonly client: AdminClient;
}

/** Runs one act. Says what happened; a failure is said too, and thrown on for whoever can show it better. */
export async function act(
  { dashboard }: Stage,
  perform: () => Promise<{ phrase: Phrase; undo?: Undo }>,
): Promise<void> {
  try {
    const { phrase, undo } = await perform();
    dashboard.lastAct.value = { phrase, undo: undo ?? null, failed: false };
  } catch (fault) {
    if (fault instanceof AdminError) {
      if (fault.type === "not-signed-in" || fault.type === "secret-missing") {
        dashboard.stream.value = "signed-out";
      }
      dashboard.lastAct.value = { phrase: [failureText(fault)], undo: null, failed: true };
    }
    throw fault;
  }
}

/** An error of the API in a sentence for people. */
export function failureText(fault: AdminError): string {
  return fault.type === "offline"
    ? text.error.offline
    : fillText(text.error.unexpected, { detail: fault.detail });
}

function strong(words: string): StrongPart {
  return { kind: "strong", text: words };
}

function closedText(count: number): string {
  return count === 0 ? "" : plural(count, text.last.closed);
}

/** Answers a request. Rejects with `stale-review`, `target-widened` and the like, for the card to show. */
export function answerRequest(stage: Stage, view: RequestView, body: AnswerBody): Promise<void> {
  return act(stage, async () => {
    const { grant } = await stage.client.answer(view.id, body);
    const app = appPart(view.app.claims.name);
    const nowMs = stage.dashboard.snapshot.peek().nowMs;
    const target = strong(targetText(body.target ?? view.target, view.capability));
    const duration = durationClause(body.duration, app.name, nowMs);
    const undo: Undo | undefined = grant === null
      ? undefined
      : { kind: "revoke", grantIds: [grant.id] };
    if (body.effect === "deny" && body.duration.kind === "once") {
      return { phrase: fillPhrase(text.last.deniedOnce, { target, app }) };
    }
    const template = body.effect === "allow" ? text.last.allowed : text.last.denied;
    return { phrase: fillPhrase(template, { target, app, duration }), ...(undo && { undo }) };
  });
}

/**
 * Gives the same answer to requests of one app, each for exactly what it asks.
 *
 * @returns The requests that no longer wait: those answered, and those that had ended meanwhile.
 */
export async function answerRequests(
  stage: Stage,
  views: readonly RequestView[],
  effect: AnswerBody["effect"],
  duration: Duration,
): Promise<RequestId[]> {
  const gone: RequestId[] = [];
  await act(stage, async () => {
    const requests = views.map(({ id, reviewToken }) => ({ id, reviewToken }));
    const { answered, failed } = await stage.client.answerMany({ effect, duration, requests });
    gone.push(...answered.map(({ request }) => request.id));
    gone.push(...failed.filter(({ type }) => type === "request-ended").map(({ id }) => id));
    const grantIds = answered.flatMap(({ grant }) => grant === null ? [] : [grant.id]);
    const app = appPart(views[0]?.app.claims.name ?? "");
    const targets = strong(plural(answered.length, text.summary.targets));
    const template = effect === "allow" ? text.last.allowedMany : text.last.deniedMany;
    const phrase = fillPhrase(template, { app, targets });
    return grantIds.length === 0 ? { phrase } : { phrase, undo: { kind: "revoke", grantIds } };
  });
  return gone;
}

/** Puts a request off: it stays pending, at the end of the list. */
export function postponeRequest(stage: Stage, view: RequestView): Promise<void> {
  return act(stage, async () => {
    await stage.client.postpone(view.id);
    return { phrase: fillPhrase(text.last.later, { app: appPart(view.app.claims.name) }) };
  });
}

/** Silences an app until a time, or with null until turned back on. */
export function silenceApp(stage: Stage, app: AppView, untilMs: number | null): Promise<void> {
  return act(stage, async () => {
    await stage.client.silence(app.id, untilMs);
    return { phrase: fillPhrase(text.last.silenced, { app: appPart(app.claims.name) }) };
  });
}

/** Shows an app's requests again. */
export function endSilence(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    await stage.client.endSilence(app.id);
    return { phrase: fillPhrase(text.last.unsilenced, { app: appPart(app.claims.name) }) };
  });
}

/** Lets a question be put again that was put off too often. */
export function endEmbargo(stage: Stage, embargo: EmbargoView): Promise<void> {
  return act(stage, async () => {
    await stage.client.endEmbargo(embargo.id);
    const target = strong(targetText(embargo.target, embargo.capability));
    return { phrase: fillPhrase(text.last.askedAgain, { target }) };
  });
}

/** Installs an app, or accepts the browsers that ask in an installed app's name. */
export function installApp(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    await stage.client.install(app.id);
    const template = app.state === "installed" ? text.last.accepted : text.last.installed;
    return { phrase: fillPhrase(template, { app: appPart(app.claims.name) }) };
  });
}

/** Refuses an installation, or turns away the browsers that ask in an installed app's name. */
export function refuseApp(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    const installed = app.state === "installed";
    if (installed) await stage.client.refuseCredentials(app.id);
    else await stage.client.uninstall(app.id);
    const template = installed ? text.last.refusedBrowser : text.last.refused;
    return { phrase: fillPhrase(template, { app: appPart(app.claims.name) }) };
  });
}

/** Pauses an app, which closes its connections, or resumes it. */
export function pauseApp(stage: Stage, app: AppView, paused: boolean): Promise<void> {
  return act(stage, async () => {
    const open = stage.dashboard.snapshot.peek().liveCounts[app.id] ?? 0;
    await stage.client.pause(app.id, paused);
    const part = appPart(app.claims.name);
    return {
      phrase: paused
        ? fillPhrase(text.last.paused, { app: part, closed: closedText(open) })
        : fillPhrase(text.last.resumed, { app: part }),
    };
  });
}

/** Takes one permission back; what it alone allowed is closed. */
export function revokeGrant(stage: Stage, grant: GrantView): Promise<void> {
  return act(stage, async () => {
    const { closedSessions } = await stage.client.revoke([grant.id]);
    return {
      phrase: fillPhrase(text.last.revoked, {
        target: strong(targetText(grant.target, grant.capability)),
        app: appPart(grant.appName),
        closed: closedText(closedSessions.length),
      }),
      undo: { kind: "restore", grantIds: [grant.id] },
    };
  });
}

/** Takes several permissions back; what they alone allowed is closed. */
export function revokeGrants(stage: Stage, ids: readonly GrantId[]): Promise<void> {
  return act(stage, async () => {
    const { revoked, closedSessions } = await stage.client.revoke(ids);
    return {
      phrase: fillPhrase(text.last.revokedMany, {
        permissions: strong(plural(revoked.length, text.count.permissions)),
        closed: closedText(closedSessions.length),
      }),
      undo: { kind: "restore", grantIds: revoked },
    };
  });
}

/** Puts a narrower permission in the place of one. */
export function narrowGrant(
  stage: Stage,
  grant: GrantView,
  narrower: string | null,
): Promise<void> {
  return act(stage, async () => {
    const target = narrower ?? grant.target;
    const { revoked, grant: narrow, closedSessions } = await stage.client.narrow(grant.id, target);
    return {
      phrase: fillPhrase(text.last.narrowed, {
        wide: strong(targetText(grant.target, grant.capability)),
        target: strong(targetText(narrow.target, narrow.capability)),
        app: appPart(grant.appName),
        closed: closedText(closedSessions.length),
      }),
      undo: { kind: "restore", grantIds: [revoked] },
    };
  });
}

/** Gives a permission another limit, or none. */
export function setBudget(stage: Stage, grant: GrantView, budget: Budget | null): Promise<void> {
  return act(stage, async () => {
    const { revoked, closedSessions } = await stage.client.setBudget(grant.id, budget);
    return {
      phrase: fillPhrase(budget ? text.last.limited : text.last.unlimited, {
        target: strong(targetText(grant.target, grant.capability)),
        app: appPart(grant.appName),
        closed: closedText(closedSessions.length),
      }),
      undo: { kind: "restore", grantIds: [revoked] },
    };
  });
}

/** Imports what a dry run has shown. */
export function importPermissions(stage: Stage, file: unknown, reviewToken: string): Promise<void> {
  return act(stage, async () => {
    const { imported } = await stage.client.importFile(file, reviewToken);
    return {
      phrase: fillPhrase(text.last.imported, {
        permissions: strong(plural(imported.length, text.count.permissions)),
      }),
      ...(imported.length > 0 && { undo: { kind: "revoke", grantIds: imported } }),
    };
  });
}

/** Takes every permission of an app back. */
export function revokeEverything(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    const { revoked, closedSessions } = await stage.client.revokeAll(app.id);
    return {
      phrase: fillPhrase(text.last.revokedAll, {
        app: appPart(app.claims.name),
        closed: closedText(closedSessions.length),
      }),
      undo: { kind: "restore", grantIds: revoked },
    };
  });
}

/** Ends an app's grants, connections and token. */
export function uninstallApp(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    const { closedSessions } = await stage.client.uninstall(app.id);
    return {
      phrase: fillPhrase(text.last.uninstalled, {
        app: appPart(app.claims.name),
        closed: closedText(closedSessions.length),
      }),
    };
  });
}

/** Takes what an app newly declares as seen; allows nothing. */
export function seeWishes(stage: Stage, app: AppView): Promise<void> {
  return act(stage, async () => {
    await stage.client.seeWishes(app.id);
    return { phrase: fillPhrase(text.last.wishesSeen, { app: appPart(app.claims.name) }) };
  });
}

/** Has an app's manifest looked at now, and whoever it says is part of it asked. */
export async function revalidateApp(stage: Stage, app: AppView): Promise<ManifestView> {
  let view: ManifestView = { manifest: null };
  await act(stage, async () => {
    view = await stage.client.revalidate(app.id);
    return { phrase: fillPhrase(text.last.revalidated, { app: appPart(app.claims.name) }) };
  });
  return view;
}

/** Closes one connection; the permission stays. */
export function closeSession(stage: Stage, session: SessionView): Promise<void> {
  return act(stage, async () => {
    await stage.client.closeSession(session.id);
    return {
      phrase: fillPhrase(text.last.closedOne, {
        app: appPart(session.appName),
        target: strong(targetText(session.target, session.capability)),
      }),
    };
  });
}

/** Closes every connection of an app; its permissions stay. */
export function closeSessions(stage: Stage, appId: AppId, appName: string): Promise<void> {
  return act(stage, async () => {
    const { closedSessions } = await stage.client.closeSessions(appId);
    return {
      phrase: fillPhrase(text.last.closedMany, {
        connections: strong(plural(closedSessions.length, text.count.connections)),
        app: appPart(appName),
      }),
    };
  });
}

/** Sets how questions are met. */
export function setMode(stage: Stage, mode: Mode): Promise<void> {
  return act(stage, async () => {
    await stage.client.setMode(mode);
    return { phrase: fillPhrase(text.last.mode, { mode: text.mode[mode] }) };
  });
}

/** Saves what the person set. */
export function saveSettings(stage: Stage, change: SettingsChange): Promise<void> {
  return act(stage, async () => {
    await stage.client.changeSettings(change);
    return { phrase: [text.settings.saved] };
  });
}

/** Restores the permission that a row of the history says was revoked. */
export function restoreGrant(stage: Stage, row: HistoryRow): Promise<void> {
  return act(stage, async () => {
    await stage.client.restore(row.seq);
    return {
      phrase: fillPhrase(text.last.restored, {
        target: strong(
          row.target === null || row.capability === null
            ? row.message
            : targetText(row.target, row.capability),
        ),
        app: appPart(row.appName ?? ""),
      }),
      ...(row.restores && { undo: { kind: "revoke", grantIds: [row.restores] } }),
    };
  });
}

/** So many permissions are revoked or restored in one call. */
const idsAtOnce = 400;

/** Takes the last act back. */
export function undoLast(stage: Stage, undo: Undo): Promise<void> {
  return act(stage, async () => {
    for (let from = 0; from < undo.grantIds.length; from += idsAtOnce) {
      const ids = undo.grantIds.slice(from, from + idsAtOnce);
      await (undo.kind === "revoke" ? stage.client.revoke(ids) : stage.client.restoreMany(ids));
    }
    return { phrase: [text.last.undone] };
  });
}
