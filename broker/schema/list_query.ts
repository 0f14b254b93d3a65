/** What a list of the dashboard is asked for: search, filters, order, place. The same words stand in the page's URL. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { GrantEffect } from "./grant.ts";
import { HistoryKind } from "./history.ts";
import { AppId } from "./ids.ts";

const Search = z.string().max(200).optional().meta({ description: "Words that all must occur" });
const Yes = z.enum(["yes"]).optional();
/** How many rows a page of a list has at most. */
export const maxListed = 200;
const Limit = z.coerce.number().int().min(1).max(maxListed).default(100);

/** A place in an ordered list: what the order goes by in the last row before it, and that row's id. */
export const Cursor = z.string().max(700).regex(/^[a-z]+_[0-9a-f]{32}~(n-?\d+|s.*)$/su, {
  error: "Take the `next` of the page before.",
}).meta({ description: "The `next` of the page before" });

/** How long a grant holds, as a filter: `timed` is for a span or until a date. */
export const DurationFilter = z.enum(["once", "until-app-closes", "timed", "always"]);
/** How long a grant holds, as a filter. */
export type DurationFilter = z.infer<typeof DurationFilter>;

/** The orders of a list of grants. */
export const grantSorts = ["newest", "oldest", "app", "target", "last-used", "most-used"] as const;

/** Which grants are listed, and in which order. */
export const GrantQuery = z.strictObject({
  q: Search,
  app: AppId.optional(),
  effect: GrantEffect.optional(),
  capability: Capability.optional(),
  duration: DurationFilter.optional(),
  /** Only what was not used for 60 days. */
  unused: Yes,
  /** Only what is broad enough for a second step. */
  broad: Yes,
  /** Only what was used for less than it allows. */
  narrower: Yes,
  sort: z.enum(grantSorts).default("newest"),
  cursor: Cursor.optional(),
  limit: Limit,
});
/** Which grants are listed, and in which order. */
export type GrantQuery = z.infer<typeof GrantQuery>;

/** The orders of a list of sessions. */
export const sessionSorts = ["oldest", "newest", "app", "target", "most-bytes"] as const;

/** Which sessions are listed, and in which order. */
export const SessionQuery = z.strictObject({
  q: Search,
  app: AppId.optional(),
  capability: Capability.optional(),
  sort: z.enum(sessionSorts).default("oldest"),
  cursor: Cursor.optional(),
  limit: Limit,
});
/** Which sessions are listed, and in which order. */
export type SessionQuery = z.infer<typeof SessionQuery>;

/** Spans of the history, by what they are called. */
export const historySpans = {
  hour: 60 * 60 * 1000,
  day: 24 * 60 * 60 * 1000,
  week: 7 * 24 * 60 * 60 * 1000,
} as const;

const spanNames = Object.keys(historySpans) as (keyof typeof historySpans)[];

/** Groups of kinds of history entries, by what they are about. */
export const historyGroups = {
  decisions: [
    "request-ended",
    "request-quieted",
    "grant-created",
    "grant-revoked",
    "grant-expired",
    "embargo-started",
    "embargo-ended",
  ],
  connections: ["session-opened", "session-encrypted", "session-closed"],
  apps: [
    "app-registered",
    "app-installed",
    "app-refused",
    "app-uninstalled",
    "app-paused",
    "app-resumed",
    "app-silenced",
    "app-unsilenced",
    "manifest-changed",
    "scope-changed",
    "wishes-seen",
  ],
  gatehouse: [
    "broker-started",
    "broker-stopped",
    "signed-in",
    "mode-changed",
    "policy-loaded",
    "policy-rejected",
    "record-unreadable",
  ],
} as const satisfies Readonly<Record<string, readonly HistoryKind[]>>;

const groupNames = Object.keys(historyGroups) as (keyof typeof historyGroups)[];

/** Which history entries are listed, newest first. */
export const HistoryQuery = z.strictObject({
  q: Search,
  appId: AppId.optional(),
  /** A kind of entry, or a group of kinds. */
  kind: z.union([HistoryKind, z.enum(groupNames)]).optional(),
  /** Only the last hour, day or week. */
  within: z.enum(spanNames).optional(),
  beforeSeq: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
/** Which history entries are listed. */
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** The forms of a file of history. */
export const HistoryFileKind = z.enum(["csv", "ndjson"]);
/** The forms of a file of history. */
export type HistoryFileKind = z.infer<typeof HistoryFileKind>;

/** What one page of the dashboard shows live, beside what every page does. */
export const DashboardView = z.discriminatedUnion("page", [
  z.strictObject({ page: z.literal("requests") }),
  z.strictObject({ page: z.literal("apps") }),
  z.strictObject({ page: z.literal("app"), appId: AppId }),
  z.strictObject({ page: z.literal("permissions"), query: GrantQuery }),
  z.strictObject({ page: z.literal("connections"), query: SessionQuery }),
  z.strictObject({ page: z.literal("history"), query: HistoryQuery }),
  z.strictObject({ page: z.literal("other") }),
]);
/** What one page of the dashboard shows live. */
export type DashboardView = z.infer<typeof DashboardView>;

/** `GET /events` and `GET /snapshot`: what is to be shown. */
export const ViewQuery = z.strictObject({
  view: z.string().max(4000).optional().meta({
    description: 'A view as JSON, such as `{"page":"apps"}`; that of the requests when absent',
  }),
});
/** `GET /events` and `GET /snapshot`. */
export type ViewQuery = z.infer<typeof ViewQuery>;
