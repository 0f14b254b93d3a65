/** Views as the dashboard is given them, for tests of what it says. @module */
import type {
  AppView,
  DashboardSnapshot,
  GrantView,
  HistoryRow,
  RequestView,
  SessionView,
} from "../../broker/schema/dashboard.ts";

/** Five past two in the afternoon, by the clock of the machine that runs the tests. */
export const nowMs = new Date(2026, 10, 20, 14, 5, 0).getTime();

const hex = (n: number) => n.toString(16).padStart(32, "0");

/** An installed web app named Mail. */
export function mailApp(more: Partial<AppView> = {}): AppView {
  return {
    id: `app_${hex(1)}`,
    kind: "web",
    origin: "https://mail.example.com",
    manifestId: "https://mail.example.com/",
    state: "installed",
    claims: { name: "Mail", manifestUrl: null, reason: null },
    registeredAtMs: nowMs - 86_400_000,
    installedAtMs: nowMs - 86_400_000,
    pausedAtMs: null,
    silence: null,
    identity: "verified-origin",
    pendingCredentials: 0,
    grantCount: 0,
    embargoes: [],
    nameFlags: [],
    manifest: null,
    icon: null,
    ...more,
  };
}

/** Request number `n` of Mail for imap.example.com:993, encrypted. */
export function imapRequest(n = 1, more: Partial<RequestView> = {}): RequestView {
  const app = more.app ?? mailApp();
  return {
    id: `req_${hex(n)}`,
    appId: app.id,
    app,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    reason: "Check your inbox",
    userActivation: true,
    secureTransport: true,
    count: 1,
    createdAtMs: nowMs - 2_000,
    lastAskedAtMs: nowMs - 2_000,
    notifiedAtMs: null,
    seenAtMs: null,
    postponedAtMs: null,
    outcome: null,
    endedAtMs: null,
    grantId: null,
    message: null,
    waiting: true,
    host: "imap.example.com",
    unicodeHost: null,
    registrableDomain: "example.com",
    port: "993",
    space: null,
    choices: [{ target: "imap.example.com:993", broad: [] }],
    reviewToken: "shown-1",
    ...more,
  };
}

/** Mail's permission number `n` for imap.example.com:993. */
export function imapGrant(n = 1, more: Partial<GrantView> = {}): GrantView {
  return {
    id: `grant_${hex(n)}`,
    effect: "allow",
    appId: `app_${hex(1)}`,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    spaces: ["public"],
    duration: { kind: "until-app-closes" },
    createdAtMs: nowMs,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    appName: "Mail",
    sessionCount: 1,
    useCount: 1,
    lastUsedAtMs: nowMs,
    unused: false,
    broad: false,
    narrowerTarget: null,
    ...more,
  };
}

/** Mail's connection number `n` to imap.example.com:993. */
export function imapSession(n = 1, more: Partial<SessionView> = {}): SessionView {
  return {
    id: `sess_${hex(n)}`,
    appId: `app_${hex(1)}`,
    contextId: `ctx_${hex(1)}`,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    addresses: ["93.184.215.14"],
    remoteAddress: "93.184.215.14",
    remotePort: 993,
    localAddress: "192.0.2.7",
    localPort: 50_000,
    secureTransport: false,
    ruleIds: [`grant_${hex(1)}`],
    openedAtMs: nowMs - 60_000,
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
    appName: "Mail",
    grants: [imapGrant()],
    ...more,
  };
}

/** Row number `seq` of the history. */
export function historyRow(seq: number, more: Partial<HistoryRow> = {}): HistoryRow {
  return {
    seq,
    atMs: nowMs,
    kind: "grant-created",
    actor: "person",
    appId: `app_${hex(1)}`,
    appName: "Mail",
    capability: "tcp-connect",
    target: "imap.example.com:993",
    message: "Allowed imap.example.com:993.",
    restores: null,
    ...more,
  };
}

/** A snapshot with nothing in it but what is given. */
export function snapshotOf(more: Partial<DashboardSnapshot> = {}): DashboardSnapshot {
  return {
    bootId: `boot_${hex(1)}`,
    nowMs,
    machineName: "laptop-07",
    mode: "ask",
    cardDuration: "until-app-closes",
    hostAccess: [],
    siteAccess: null,
    access: [],
    blockedHosts: [],
    managedBy: null,
    longestDurationMs: null,
    apps: [],
    requests: [],
    grants: [],
    sessions: [],
    history: [],
    summaries: [],
    unreadable: [],
    view: { page: "requests" },
    liveCounts: {},
    list: null,
    traffic: null,
    ...more,
    counts: {
      apps: more.apps?.length ?? 0,
      grants: more.grants?.length ?? 0,
      allowed: more.grants?.filter(({ effect }) => effect === "allow").length ?? 0,
      live: more.sessions?.filter(({ closedAtMs }) => closedAtMs === null).length ?? 0,
      ...more.counts,
    },
  };
}
