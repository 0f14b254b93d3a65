/** What the dashboard is shown: views of the records, the first snapshot of its stream, and the changes after it. @module */
import { z } from "zod";
import { AddressSpace } from "./address_space.ts";
import { AppAccess } from "./app_access.ts";
import { App } from "./app.ts";
import { BlockedHost } from "./blocked_host.ts";
import { BudgetUse } from "./budget.ts";
import { Decision } from "./decision.ts";
import { Embargo } from "./embargo.ts";
import { Grant } from "./grant.ts";
import { HistoryEntry } from "./history.ts";
import { HostAccessCardId } from "./host_access.ts";
import { AppId, BootId, GrantId, RequestId, SessionId } from "./ids.ts";
import { DashboardView } from "./list_query.ts";
import { ManifestSummary, NameFlag } from "./manifest.ts";
import { AccessRequest, TargetText } from "./request.ts";
import { Session } from "./session.ts";
import { CardDuration, Mode } from "./settings.ts";
import { SiteAccessView } from "./site_access.ts";
import { Instant } from "./time.ts";

/** A question under embargo. */
export const EmbargoView = Embargo.omit({ v: true, appId: true }).extend({ untilMs: Instant });
/** A question under embargo. */
export type EmbargoView = z.infer<typeof EmbargoView>;

/** An app without its credentials. */
export const AppView = App.omit({ credentials: true, v: true }).extend({
  /** How sure the broker is of who this is: the browser vouches for an origin, nobody vouches for a program. */
  identity: z.enum(["verified-origin", "unverified"]),
  /** How many browser profiles wait to be accepted for it. */
  pendingCredentials: z.int().min(0),
  /** How many live grants it has. */
  grantCount: z.int().min(0),
  /** Its questions that are not put for a while, because they were put off too often. */
  embargoes: z.array(EmbargoView),
  /** What is odd about the name that it gives itself. */
  nameFlags: z.array(NameFlag),
  /** What its own origin says of it, in short; null while that was never asked. */
  manifest: ManifestSummary.nullable(),
  /** Where its icon is found, on the dashboard's own origin; null when it has none. */
  icon: z.string().nullable(),
});
/** An app without its credentials. */
export type AppView = z.infer<typeof AppView>;

/** An app as a choice of a form. */
export const AppChoice = AppView.pick({ id: true }).extend({ name: z.string() });
/** An app as a choice of a form. */
export type AppChoice = z.infer<typeof AppChoice>;

/** Why a target is broad enough for a second step (design section 14). */
export const BroadReason = z.enum([
  "any-host",
  "wildcard-host",
  "public-suffix",
  "wide-range",
  "any-port",
  "port-range",
  "loopback",
  "local-network",
  "listening",
  "low-port",
  "mail-port",
  "remote-login-port",
  "database-port",
]);
/** Why a target is broad. */
export type BroadReason = z.infer<typeof BroadReason>;

/** One target that the person may choose for an answer; the narrowest stands first. */
export const TargetChoice = z.strictObject({ target: TargetText, broad: z.array(BroadReason) });
/** One target that the person may choose. */
export type TargetChoice = z.infer<typeof TargetChoice>;

/** A pending request as a card shows it. */
export const RequestView = AccessRequest.omit({ v: true, bootId: true, contextIds: true }).extend({
  app: AppView,
  /** Whether a context of the app is waiting for the answer right now. */
  waiting: z.boolean(),
  /** Host part of the target, as an A-label or an address; null where the target has none. */
  host: z.string().nullable(),
  /** The same host in Unicode where that differs. */
  unicodeHost: z.string().nullable(),
  /** The registrable domain within `host`, for emphasis; null for addresses. */
  registrableDomain: z.string().nullable(),
  /** Port part of the target: `993`, `80-90` or `*`; null where the target has none. */
  port: z.string().nullable(),
  /** Where a literal address lies; null for a name, which is looked up only once it is allowed. */
  space: AddressSpace.nullable(),
  choices: z.array(TargetChoice).min(1),
  /** Stands for what was shown; an answer that carries another one is refused with 409. */
  reviewToken: z.string(),
});
/** A pending request as a card shows it. */
export type RequestView = z.infer<typeof RequestView>;

/** One card for an app that asks for many targets at once (design section 7). */
export const RequestSummary = z.strictObject({
  appId: AppId,
  /** Every pending request of the app, oldest first. */
  requestIds: z.array(RequestId).min(1),
});
/** One card for an app that asks for many targets at once. */
export type RequestSummary = z.infer<typeof RequestSummary>;

/** A host access request as its card shows it: what an app asks about the page in a tab that is in front. */
export const HostAccessView = z.strictObject({
  id: HostAccessCardId,
  app: AppView,
  /** The page's origin. */
  site: z.string(),
  /** Its host, as an A-label or an address; and in Unicode where that differs. */
  host: z.string(),
  unicodeHost: z.string().nullable(),
  /** The registrable domain within `host`, for emphasis; null for addresses. */
  registrableDomain: z.string().nullable(),
  /** What Allow allows: the whole site. */
  target: TargetText,
  broad: z.array(BroadReason),
  /** On which pages of the site the app wants it shown; null for all. */
  pattern: z.string().nullable(),
  addedAtMs: Instant,
  /** Stands for what was shown; an answer that carries another one is refused with 409. */
  reviewToken: z.string(),
});
/** A host access request as its card shows it. */
export type HostAccessView = z.infer<typeof HostAccessView>;

/** A grant with what a list needs beside it. */
export const GrantView = Grant.omit({ v: true }).extend({
  appName: z.string(),
  /** How many sessions it allows right now. */
  sessionCount: z.int().min(0),
  /** How many sessions it has allowed, and when it last did; up to ten seconds behind. */
  useCount: z.int().min(0),
  lastUsedAtMs: Instant.nullable(),
  /** Whether it was not used for 60 days. */
  unused: z.boolean(),
  /** Whether allowing it asked for a second step. */
  broad: z.boolean(),
  /** The one target that it was really used for, when that is less than it allows; null when nothing can be said. */
  narrowerTarget: TargetText.nullable(),
  /** What has been used of its budget, for one that has a budget. */
  budgetUse: BudgetUse.exactOptional(),
});
/** A grant with what a list needs beside it. */
export type GrantView = z.infer<typeof GrantView>;

/** A session with what a row needs beside it. */
export const SessionView = Session.extend({
  appName: z.string(),
  /** What allows it: the grants in full where they are grants. */
  grants: z.array(GrantView),
});
/** A session with what a row needs beside it. */
export type SessionView = z.infer<typeof SessionView>;

/** An entry of the history as a row shows it: without its hashes. */
export const HistoryRow = HistoryEntry.pick({
  seq: true,
  atMs: true,
  kind: true,
  actor: true,
  appId: true,
  appName: true,
  capability: true,
  target: true,
  message: true,
}).extend({
  /** The grant that it can bring back now; null for all else. */
  restores: GrantId.nullable(),
});
/** An entry of the history as a row shows it. */
export type HistoryRow = z.infer<typeof HistoryRow>;

/** How much there is of everything, for the navigation. */
export const DashboardCounts = z.strictObject({
  apps: z.int().min(0),
  grants: z.int().min(0),
  /** Those of the grants that allow. */
  allowed: z.int().min(0),
  live: z.int().min(0),
});
/** How much there is of everything. */
export type DashboardCounts = z.infer<typeof DashboardCounts>;

/** What is known of the list that a page shows a part of. */
export const ListFacts = z.strictObject({
  /** How many there are, and how many of them match. */
  total: z.int().min(0),
  matching: z.int().min(0),
  /** How many came since the page was read that would stand in it, but wait until they are asked for. */
  arrived: z.int().min(0),
  /** The cursor of the page after this; null when this is the last. */
  next: z.string().nullable(),
  /** Of the grants: how many were not used for 60 days, and how many were used for less than they allow. */
  unused: z.int().min(0),
  narrower: z.int().min(0),
});
/** What is known of the list that a page shows a part of. */
export type ListFacts = z.infer<typeof ListFacts>;

/** The traffic of the last minutes, by app, as rates in bytes per second. */
export const TrafficByApp = z.strictObject({
  /** The end of the first step. */
  fromMs: Instant,
  stepMs: z.int().min(1),
  /** The busiest first; `appId: null` is all others together. Every series is of the same length. */
  apps: z.array(z.strictObject({
    appId: AppId.nullable(),
    appName: z.string(),
    rates: z.array(z.int().min(0)),
  })),
});
/** The traffic of the last minutes, by app. */
export type TrafficByApp = z.infer<typeof TrafficByApp>;

/** What a page of the dashboard shows live: what waits, and of the rest what that page shows. */
export const DashboardSnapshot = z.strictObject({
  bootId: BootId,
  nowMs: Instant,
  machineName: z.string(),
  mode: Mode,
  managedBy: z.string().nullable(),
  /** The longest that policy lets an Allow hold; null for as long as the person likes. */
  longestDurationMs: z.number().int().min(0).nullable(),
  /** The duration that cards start with. */
  cardDuration: CardDuration,
  /** What the rest is of. */
  view: DashboardView,
  counts: DashboardCounts,
  /** Those that wait for an installation card, and those that the page shows. */
  apps: z.array(AppView),
  requests: z.array(RequestView),
  /** Apps whose requests are shown as one card. */
  summaries: z.array(RequestSummary),
  /** What is asked about the pages in tabs that are in front, the oldest first. */
  hostAccess: z.array(HostAccessView),
  grants: z.array(GrantView),
  sessions: z.array(SessionView),
  /** On the page of an app, where it may act; null elsewhere. */
  siteAccess: SiteAccessView.nullable(),
  /** On the page of permissions, what each app could do now; empty elsewhere. */
  access: z.array(AppAccess),
  /** On the page of permissions, the hosts that no app may reach; empty elsewhere. */
  blockedHosts: z.array(BlockedHost),
  /** How many sessions each app that the page shows has open; none when absent. */
  liveCounts: z.record(AppId, z.int().min(0)),
  /** Newest first. */
  history: z.array(HistoryRow),
  /** What is known of the page's list; null where it has none. */
  list: ListFacts.nullable(),
  /** Null but where connections are shown. */
  traffic: TrafficByApp.nullable(),
  /** Records that could not be read, and so count as absent; empty on a sound store. */
  unreadable: z.array(z.string()),
});
/** What a page of the dashboard shows live. */
export type DashboardSnapshot = z.infer<typeof DashboardSnapshot>;

/**
 * What has changed since the last event, of what the page shows: records put whole, records gone by id. Absent members
 * have not changed.
 */
export const DashboardChange = z.strictObject({
  nowMs: Instant,
  mode: Mode.optional(),
  cardDuration: CardDuration.optional(),
  counts: DashboardCounts.optional(),
  apps: z.array(AppView).optional(),
  requests: z.array(RequestView).optional(),
  /** All of them, whenever a request has come, changed or gone. */
  summaries: z.array(RequestSummary).optional(),
  /** All of them, whenever one has come, changed or gone. */
  hostAccess: z.array(HostAccessView).optional(),
  siteAccess: SiteAccessView.optional(),
  /** All of them, whenever a permission or an app has changed. */
  access: z.array(AppAccess).optional(),
  /** All of them, whenever one has come or gone. */
  blockedHosts: z.array(BlockedHost).optional(),
  grants: z.array(GrantView).optional(),
  /** One that has just closed comes once more, with when and why. */
  sessions: z.array(SessionView).optional(),
  /** All of them, whenever a session has opened or closed. */
  liveCounts: z.record(AppId, z.int().min(0)).optional(),
  removedApps: z.array(AppId).optional(),
  removedRequests: z.array(RequestId).optional(),
  removedGrants: z.array(GrantId).optional(),
  removedSessions: z.array(SessionId).optional(),
  /** New entries, and those whose Undo has come or gone. */
  history: z.array(HistoryRow).optional(),
  list: ListFacts.optional(),
  traffic: TrafficByApp.optional(),
});
/** What has changed since the last event. */
export type DashboardChange = z.infer<typeof DashboardChange>;

/** What answering a request did. */
export const AnswerResult = z.strictObject({
  request: AccessRequest,
  grant: Grant.nullable(),
  /** What `decide()` says of the request's own target now. */
  decision: Decision,
});
/** What answering a request did. */
export type AnswerResult = z.infer<typeof AnswerResult>;

/** What a revocation did. */
export const RevokeResult = z.strictObject({
  revoked: z.array(GrantId),
  closedSessions: z.array(SessionId),
});
/** What a revocation did. */
export type RevokeResult = z.infer<typeof RevokeResult>;
