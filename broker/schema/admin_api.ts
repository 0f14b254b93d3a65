/** Bodies of the dashboard's API, `/admin/v1` (design section 9). @module */
import { z } from "zod";
import { BlockedHost } from "./blocked_host.ts";
import { Budget } from "./budget.ts";
import {
  AnswerResult,
  AppView,
  DashboardChange,
  DashboardSnapshot,
  GrantView,
  HostAccessView,
  ListFacts,
  RequestSummary,
  RequestView,
  SessionView,
} from "./dashboard.ts";
import { Duration } from "./duration.ts";
import { GrantEffect } from "./grant.ts";
import { HistoryEntry } from "./history.ts";
import { AppId, GrantId, RequestId, SessionId } from "./ids.ts";
import { ProblemType } from "./problem.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** `POST /requests/{id}/answer`. The target may be narrower than what was asked, never wider. */
export const AnswerBody = z.strictObject({
  effect: GrantEffect,
  target: TargetText.optional().meta({ description: "What was asked, when absent" }),
  duration: Duration,
  budget: Budget.optional().meta({
    description: "How much an Allow is for; unbounded when absent",
  }),
  reviewToken: z.string().max(128).meta({ description: "The `reviewToken` of what was shown" }),
});
/** `POST /requests/{id}/answer`. */
export type AnswerBody = z.infer<typeof AnswerBody>;

/** `POST /requests/answer`: the same answer to every request listed, each for exactly what it asks. */
export const AnswerManyBody = z.strictObject({
  effect: GrantEffect,
  duration: Duration,
  requests: z.array(z.strictObject({ id: RequestId, reviewToken: z.string().max(128) }))
    .min(1).max(50),
});
/** `POST /requests/answer`. */
export type AnswerManyBody = z.infer<typeof AnswerManyBody>;

/** Answer to `POST /requests/answer`: what was answered, and what had ended or changed meanwhile. */
export const AnswerManyResult = z.strictObject({
  answered: z.array(AnswerResult),
  failed: z.array(z.strictObject({ id: RequestId, type: ProblemType, detail: z.string() })),
});
/** Answer to `POST /requests/answer`. */
export type AnswerManyResult = z.infer<typeof AnswerManyResult>;

/** `PUT /apps/{id}/pause`: pauses the app, or lets it go on. */
export const PauseBody = z.strictObject({ paused: z.boolean() });
/** `PUT /apps/{id}/pause`. */
export type PauseBody = z.infer<typeof PauseBody>;

/** `POST /grants/revoke`: ends these grants, and what they alone allow. */
export const RevokeBody = z.strictObject({ ids: z.array(GrantId).min(1).max(400) });
/** `POST /grants/revoke`. */
export type RevokeBody = z.infer<typeof RevokeBody>;

/** `POST /grants/restore`: takes these revocations back. */
export const RestoreBody = z.strictObject({ ids: z.array(GrantId).min(1).max(400) });
/** `POST /grants/restore`. */
export type RestoreBody = z.infer<typeof RestoreBody>;

/** Answer to `POST /grants/restore`: what holds again, and what could not be brought back. */
export const RestoreResult = z.strictObject({
  restored: z.array(GrantId),
  failed: z.array(z.strictObject({ id: GrantId, detail: z.string() })),
});
/** Answer to `POST /grants/restore`. */
export type RestoreResult = z.infer<typeof RestoreResult>;

/** `POST /grants/{id}/narrow`: puts a narrower grant in the place of this one. */
export const NarrowBody = z.strictObject({ target: TargetText });
/** `POST /grants/{id}/narrow`. */
export type NarrowBody = z.infer<typeof NarrowBody>;

/** Answer to `POST /grants/{id}/narrow`. */
export const NarrowResult = z.strictObject({
  revoked: GrantId,
  grant: GrantView,
  closedSessions: z.array(SessionId),
});
/** Answer to `POST /grants/{id}/narrow`. */
export type NarrowResult = z.infer<typeof NarrowResult>;

/** `POST /grants/{id}/budget`: a grant with this budget, or with none, takes the place of this one. */
export const SetBudgetBody = z.strictObject({ budget: Budget.nullable() });
/** `POST /grants/{id}/budget`. */
export type SetBudgetBody = z.infer<typeof SetBudgetBody>;

/** Answer to `POST /grants/{id}/budget`. */
export const SetBudgetResult = NarrowResult;
/** Answer to `POST /grants/{id}/budget`. */
export type SetBudgetResult = z.infer<typeof SetBudgetResult>;

/** `POST /sessions/close`: closes every connection of an app; its grants stay. */
export const CloseSessionsBody = z.strictObject({ appId: AppId });
/** `POST /sessions/close`. */
export type CloseSessionsBody = z.infer<typeof CloseSessionsBody>;

/** Answer to `POST /sessions/close`. */
export const CloseSessionsResult = z.strictObject({ closedSessions: z.array(SessionId) });
/** Answer to `POST /sessions/close`. */
export type CloseSessionsResult = z.infer<typeof CloseSessionsResult>;

/** `PUT /apps/{id}/silence`; `untilMs: null` is until turned back on. */
export const SilenceBody = z.strictObject({ untilMs: Instant.nullable() });
/** `PUT /apps/{id}/silence`. */
export type SilenceBody = z.infer<typeof SilenceBody>;

/** `POST /apps`: makes a program and its token. */
export const AddProgramBody = z.strictObject({ name: z.string().min(1).max(60) });
/** `POST /apps`. */
export type AddProgramBody = z.infer<typeof AddProgramBody>;

/** Answer to `POST /apps`: the program, and its token, shown this once. */
export const AddProgramResult = z.strictObject({ app: AppView, token: z.string() });
/** Answer to `POST /apps`. */
export type AddProgramResult = z.infer<typeof AddProgramResult>;

/** Answer to `GET /host-access-requests`: those that are shown now. */
export const HostAccessList = z.strictObject({ requests: z.array(HostAccessView) });
/** Answer to `GET /host-access-requests`. */
export type HostAccessList = z.infer<typeof HostAccessList>;

/** `POST /blocked-hosts`: no app reaches this host any more. */
export const BlockHostBody = z.strictObject({
  host: z.string().min(1).max(2048).meta({ description: "A name, or one address" }),
});
/** `POST /blocked-hosts`. */
export type BlockHostBody = z.infer<typeof BlockHostBody>;

/** Answer to `GET /blocked-hosts`. */
export const BlockedHostList = z.strictObject({ hosts: z.array(BlockedHost) });
/** Answer to `GET /blocked-hosts`. */
export type BlockedHostList = z.infer<typeof BlockedHostList>;

/** Answer to `GET /history`. */
export const HistoryPage = z.strictObject({
  entries: z.array(HistoryEntry),
  /** The `beforeSeq` of the page after this; null when this is the last. */
  next: z.int().min(1).nullable(),
});
/** Answer to `GET /history`. */
export type HistoryPage = z.infer<typeof HistoryPage>;

/** Answer to `GET /requests`: what is pending. */
export const RequestList = z.strictObject({
  requests: z.array(RequestView),
  summaries: z.array(RequestSummary),
});
/** Answer to `GET /requests`. */
export type RequestList = z.infer<typeof RequestList>;

/** Answer to `GET /apps`. */
export const AppList = z.strictObject({ apps: z.array(AppView) });
/** Answer to `GET /apps`. */
export type AppList = z.infer<typeof AppList>;

/** Answer to `GET /grants`. */
export const GrantList = z.strictObject({ grants: z.array(GrantView), list: ListFacts });
/** Answer to `GET /grants`. */
export type GrantList = z.infer<typeof GrantList>;

/** Answer to `GET /sessions`. */
export const SessionList = z.strictObject({ sessions: z.array(SessionView), list: ListFacts });
/** Answer to `GET /sessions`. */
export type SessionList = z.infer<typeof SessionList>;

/** `POST /sign-in`: the token of a launch link, which it uses up. */
export const SignInBody = z.strictObject({ token: z.string().min(1).max(128) });
/** `POST /sign-in`. */
export type SignInBody = z.infer<typeof SignInBody>;

/** Answer to `POST /sign-in`: the origin-bound secret that every change must carry in `X-Gatehouse-Secret`. */
export const SignInResult = z.strictObject({ secret: z.string(), expiresAtMs: Instant });
/** Answer to `POST /sign-in`. */
export type SignInResult = z.infer<typeof SignInResult>;

/** Answer to `POST /links`: a new launch link. */
export const LaunchLink = z.strictObject({ url: z.string(), expiresAtMs: Instant });
/** Answer to `POST /links`. */
export type LaunchLink = z.infer<typeof LaunchLink>;

/** The events of `GET /events`, by name, and what each carries. */
export const dashboardEvents = {
  /** First on a stream that does not resume, and when a new policy comes into force: what the view shows, whole. */
  snapshot: DashboardSnapshot,
  /** What has changed of it since the event before; at most four a second. */
  change: DashboardChange,
} as const;
