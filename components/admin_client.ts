/** The dashboard's own API, as the browser calls it: every change carries the secret of this origin. @module */
import type {
  AnswerBody,
  AnswerManyBody,
  AnswerManyResult,
  CloseSessionsResult,
  NarrowResult,
  RestoreResult,
  SetBudgetResult,
} from "../broker/schema/admin_api.ts";
import type { Budget } from "../broker/schema/budget.ts";
import type { AnswerResult, RevokeResult } from "../broker/schema/dashboard.ts";
import type { ImportResult } from "../broker/schema/grants_file.ts";
import type { BlockedHost } from "../broker/schema/blocked_host.ts";
import type { Grant } from "../broker/schema/grant.ts";
import type { HostAccessCardId } from "../broker/schema/host_access.ts";
import type { AppId, EmbargoId, GrantId, RequestId, SessionId } from "../broker/schema/ids.ts";
import type { ManifestView } from "../broker/schema/manifest.ts";
import type { FieldProblem, Problem, ProblemType } from "../broker/schema/problem.ts";
import type { Mode, SettingsChange, SettingsView } from "../broker/schema/settings.ts";
import type { SiteAccessView, SiteAccessWish } from "../broker/schema/site_access.ts";

/** Where the origin-bound secret of the sign-in is kept, in `localStorage`. */
export const secretKey = "gatehouse.secret";

/** Where the dashboard's API begins. */
export const adminBase = "/admin/v1";

/** Thrown when the broker refused a call, or could not be reached. */
export class AdminError extends Error {
  override name = "AdminError";
  /**
   * @param type The problem's type, or `offline` when no answer came.
   * @param detail A sentence for people.
   * @param fields The fields that were wrong.
   */
  constructor(
    readonly type: ProblemType | "offline",
    readonly detail: string,
    readonly fields: readonly FieldProblem[] = [],
  ) {
    super(detail);
  }
}

/** What a client needs from its surroundings. */
export interface AdminClientOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The secret, or null when this browser is not signed in. */
  readonly secret: () => string | null;
}

/** Every call that the dashboard makes. Each rejects with {@link AdminError}. */
export interface AdminClient {
  answer(id: RequestId, body: AnswerBody): Promise<AnswerResult>;
  answerMany(body: AnswerManyBody): Promise<AnswerManyResult>;
  postpone(id: RequestId): Promise<unknown>;
  /** Says that the card of a request was on the screen. */
  seen(id: RequestId): Promise<unknown>;
  /** Lets a question be put again that was put off too often. */
  endEmbargo(id: EmbargoId): Promise<unknown>;
  /** The token stands for what the card showed. */
  allowHostAccess(id: HostAccessCardId, reviewToken: string): Promise<Grant>;
  dismissHostAccess(id: HostAccessCardId, reviewToken: string): Promise<unknown>;
  hostAccessSeen(id: HostAccessCardId): Promise<unknown>;
  blockHost(host: string): Promise<BlockedHost>;
  unblockHost(host: string): Promise<unknown>;
  setSiteAccess(id: AppId, wish: SiteAccessWish): Promise<SiteAccessView>;
  revoke(ids: readonly GrantId[]): Promise<RevokeResult>;
  /** Brings back the grant that the history entry with this sequence number says was revoked. */
  restore(seq: number): Promise<unknown>;
  /** Brings back what was revoked, each by the newest entry of the history that tells of its end. */
  restoreMany(ids: readonly GrantId[]): Promise<RestoreResult>;
  /** Revokes everything that an app was granted. */
  revokeAll(id: AppId): Promise<RevokeResult>;
  /** Puts a narrower grant in the place of this one. */
  narrow(id: GrantId, target: string): Promise<NarrowResult>;
  /** Puts a grant with another budget, or none, in the place of this one. */
  setBudget(id: GrantId, budget: Budget | null): Promise<SetBudgetResult>;
  /** Says what a file of permissions would do; with the token of that, does it. */
  importFile(file: unknown, reviewToken?: string): Promise<ImportResult>;
  install(id: AppId): Promise<unknown>;
  uninstall(id: AppId): Promise<RevokeResult>;
  /** What an app's own origin says of it. */
  manifest(id: AppId): Promise<ManifestView>;
  /** Looks at that now, and answers what was found. */
  revalidate(id: AppId): Promise<ManifestView>;
  /** Takes what an app newly declares as seen. */
  seeWishes(id: AppId): Promise<unknown>;
  refuseCredentials(id: AppId): Promise<unknown>;
  pause(id: AppId, paused: boolean): Promise<unknown>;
  /** `untilMs: null` is until turned back on. */
  silence(id: AppId, untilMs: number | null): Promise<unknown>;
  endSilence(id: AppId): Promise<unknown>;
  closeSession(id: SessionId): Promise<unknown>;
  /** Closes every connection of an app. */
  closeSessions(appId: AppId): Promise<CloseSessionsResult>;
  setMode(mode: Mode): Promise<unknown>;
  /** Changes what the change names; the rest stays. */
  changeSettings(change: SettingsChange): Promise<SettingsView>;
}

/** Headers that every call of the dashboard carries. */
export function adminHeaders(secret: string | null): Record<string, string> {
  return secret === null ? {} : { "x-gatehouse-secret": secret };
}

/** A client that calls through `fetch`. */
export function createAdminClient(options: AdminClientOptions): AdminClient {
  async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const headers = { accept: "application/json", ...adminHeaders(options.secret()) };
    const init: RequestInit = body === undefined ? { method, headers } : {
      method,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await options.fetch(adminBase + path, init).catch((fault: unknown) => {
      throw new AdminError("offline", String(fault));
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemError(answer, response.status);
    return answer as Result;
  }

  return {
    answer: (id, body) => call("POST", `/requests/${id}/answer`, body),
    answerMany: (body) => call("POST", "/requests/answer", body),
    postpone: (id) => call("POST", `/requests/${id}/postpone`),
    seen: (id) => call("POST", `/requests/${id}/seen`),
    endEmbargo: (id) => call("DELETE", `/embargoes/${id}`),
    allowHostAccess: (id, reviewToken) =>
      call("POST", `/host-access-requests/${id}/allow`, { reviewToken }),
    dismissHostAccess: (id, reviewToken) =>
      call("POST", `/host-access-requests/${id}/dismiss`, { reviewToken }),
    hostAccessSeen: (id) => call("POST", `/host-access-requests/${id}/seen`),
    blockHost: (host) => call("POST", "/blocked-hosts", { host }),
    // An IPv6 address stands bare in a path.
    unblockHost: (host) => call("DELETE", `/blocked-hosts/${host.replace(/^\[|\]$/g, "")}`),
    setSiteAccess: (id, wish) => call("PUT", `/apps/${id}/site-access`, wish),
    revoke: (ids) => call("POST", "/grants/revoke", { ids }),
    restore: (seq) => call("POST", `/history/${seq}/restore`),
    restoreMany: (ids) => call("POST", "/grants/restore", { ids }),
    revokeAll: (id) => call("POST", `/apps/${id}/revoke`),
    narrow: (id, target) => call("POST", `/grants/${id}/narrow`, { target }),
    setBudget: (id, budget) => call("POST", `/grants/${id}/budget`, { budget }),
    importFile: (file, reviewToken) => call("POST", "/grants/import", { file, reviewToken }),
    install: (id) => call("POST", `/apps/${id}/install`),
    uninstall: (id) => call("DELETE", `/apps/${id}`),
    manifest: (id) => call("GET", `/apps/${id}/manifest`),
    revalidate: (id) => call("POST", `/apps/${id}/revalidate`),
    seeWishes: (id) => call("POST", `/apps/${id}/see-wishes`),
    refuseCredentials: (id) => call("POST", `/apps/${id}/refuse-credentials`),
    pause: (id, paused) => call("PUT", `/apps/${id}/pause`, { paused }),
    silence: (id, untilMs) => call("PUT", `/apps/${id}/silence`, { untilMs }),
    endSilence: (id) => call("DELETE", `/apps/${id}/silence`),
    closeSession: (id) => call("DELETE", `/sessions/${id}`),
    closeSessions: (appId) => call("POST", "/sessions/close", { appId }),
    setMode: (mode) => call("PUT", "/settings", { mode }),
    changeSettings: (change) => call("PUT", "/settings", change),
  };
}

const problemPrefix = "urn:gatehouse:problem:";

/** Problem details (RFC 9457) as an error; any other body counts as an internal error. */
function problemError(answer: unknown, status: number): AdminError {
  const problem = answer as Partial<Problem> | null;
  if (typeof problem?.type !== "string" || !problem.type.startsWith(problemPrefix)) {
    return new AdminError("internal-error", `HTTP ${status}`);
  }
  const type = problem.type.slice(problemPrefix.length) as ProblemType;
  return new AdminError(type, problem.detail ?? problem.title ?? type, problem.errors);
}
