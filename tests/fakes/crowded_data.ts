/** A broker that has been in use for long: thousands of permissions and open connections, and a full history. @module */
import { historyDraft } from "../../broker/actions/history_draft.ts";
import type { Broker, Put } from "../../broker/actions/ports.ts";
import type { App } from "../../broker/schema/app.ts";
import type { Capability } from "../../broker/schema/capability.ts";
import type { Duration } from "../../broker/schema/duration.ts";
import type { Grant } from "../../broker/schema/grant.ts";
import type { HistoryDraft, HistoryKind } from "../../broker/schema/history.ts";
import type { Session } from "../../broker/schema/session.ts";

/** How much there is of everything. */
export interface Crowd {
  readonly apps: number;
  readonly grants: number;
  readonly sessions: number;
  readonly history: number;
}

/** What the dashboard has to bear (issue: speed). */
export const fullCrowd: Crowd = { apps: 200, grants: 10_000, sessions: 5_000, history: 100_000 };

/** Records in one commit: a store takes 1,000 changes at most. */
const perCommit = 900;
const dayMs = 24 * 60 * 60 * 1000;

type Filled = Pick<Broker, "store" | "sessions" | "clock" | "secrets">;

/** What was put in. */
export interface CrowdedData {
  readonly apps: readonly App[];
  readonly grants: readonly Grant[];
  readonly sessions: readonly Session[];
}

/** Fills a broker. The same numbers make the same data, but for ids and times. */
export async function fillBroker(broker: Filled, crowd: Crowd): Promise<CrowdedData> {
  const apps = Array.from({ length: crowd.apps }, (_, n) => appOf(broker, n));
  await put(broker, apps.map((record) => ({ noun: "app", id: record.id, record })));
  const grants = Array.from({ length: crowd.grants }, (_, n) => grantOf(broker, apps, n));
  await put(broker, grants.map((record) => ({ noun: "grant", id: record.id, record })));
  await put(
    broker,
    grants.filter((_, n) => n % 3 === 0).map((grant, n) => ({
      noun: "grantUse",
      id: grant.id,
      record: {
        v: 1,
        id: grant.id,
        useCount: 1 + n % 50,
        lastUsedAtMs: grant.createdAtMs + dayMs,
        bytes: n * 1000,
      },
    })),
  );
  for (let from = 0; from < crowd.history; from += perCommit) {
    const length = Math.min(perCommit, crowd.history - from);
    const drafts = Array.from({ length }, (_, n) => {
      return draftOf(broker, apps, grants, from + n, crowd.history);
    });
    await broker.store.commit({ history: drafts });
  }
  const sessions = Array.from({ length: crowd.sessions }, (_, n) => sessionOf(broker, grants, n));
  for (const session of sessions) {
    const close = (error: Session["error"]) => {
      broker.sessions.remove(session.id, error, broker.clock.nowMs());
    };
    broker.sessions.add({ session, close });
  }
  return { apps, grants, sessions };
}

async function put(broker: Filled, puts: readonly Put[]): Promise<void> {
  for (let from = 0; from < puts.length; from += perCommit) {
    await broker.store.commit({ puts: puts.slice(from, from + perCommit) });
  }
}

function at<Item>(items: readonly Item[], n: number): Item {
  const item = items[n % items.length];
  if (item === undefined) throw new Error("There is nothing to choose from.");
  return item;
}

function appOf({ clock, secrets }: Filled, n: number): App {
  const origin = `https://app${n}.example.com`;
  return {
    v: 1,
    id: secrets.newId("app"),
    kind: "web",
    origin,
    manifestId: `${origin}/`,
    state: "installed",
    claims: { name: `App ${n}`, manifestUrl: null, reason: null },
    credentials: [],
    registeredAtMs: clock.nowMs() - 100 * dayMs,
    installedAtMs: clock.nowMs() - 100 * dayMs,
    pausedAtMs: null,
    silence: null,
  };
}

/** One in seven is broad, one in ten denies, and the oldest are unused. */
function grantOf({ clock, secrets }: Filled, apps: readonly App[], n: number): Grant {
  const host = n % 7 === 0 ? `*.net${n % 97}.example.org` : `host${n}.example.net`;
  // None that ends while it is looked at.
  const untilMs = clock.nowMs() + 30 * dayMs;
  const duration: Duration = n % 4 === 3 ? { kind: "until", atMs: untilMs } : { kind: "always" };
  const capability: Capability = n % 11 === 0 ? "udp-send" : "tcp-connect";
  return {
    v: 1,
    id: secrets.newId("grant"),
    effect: n % 10 === 9 ? "deny" : "allow",
    appId: at(apps, n * 7).id,
    capability,
    target: `${host}:${n % 2 === 0 ? 993 : 443}`,
    spaces: ["public"],
    duration,
    createdAtMs: clock.nowMs() - (n % 80) * dayMs - n,
    expiresAtMs: duration.kind === "until" ? untilMs : null,
    requestId: null,
    spentBy: null,
  };
}

function sessionOf({ clock, secrets }: Filled, grants: readonly Grant[], n: number): Session {
  const allowing = at(grants, n * 2 - n * 2 % 10);
  const [, port = "993"] = allowing.target.split(":");
  const host = allowing.target.startsWith("*.")
    ? `www${n}${allowing.target.slice(1, -port.length - 1)}`
    : allowing.target.slice(0, -port.length - 1);
  return {
    id: secrets.newId("sess"),
    appId: allowing.appId,
    contextId: secrets.newId("ctx"),
    capability: allowing.capability,
    target: `${host}:${port}`,
    addresses: [`93.184.${n % 256}.${n >> 8}`],
    remoteAddress: `93.184.${n % 256}.${n >> 8}`,
    remotePort: Number(port),
    localAddress: "192.168.7.7",
    localPort: 32768 + n % 20000,
    secureTransport: n % 3 === 0,
    ruleIds: [allowing.id],
    openedAtMs: clock.nowMs() - n * 1000,
    bytesSent: n * 10,
    bytesReceived: n * 100,
    closedAtMs: null,
    error: null,
  };
}

const kinds: readonly HistoryKind[] = [
  "session-opened",
  "session-closed",
  "request-ended",
  "grant-created",
  "grant-revoked",
];

function draftOf(
  broker: Filled,
  apps: readonly App[],
  grants: readonly Grant[],
  n: number,
  count: number,
): HistoryDraft {
  const kind = at(kinds, n);
  const grant = at(grants, n);
  const app = apps.find(({ id }) => id === grant.appId) ?? at(apps, n);
  const draft = historyDraft(broker, kind, kind.startsWith("grant") ? "person" : "app", {
    app,
    capability: grant.capability,
    target: grant.target,
    message: `${kind} ${grant.target}.`,
    detail: kind === "grant-revoked" ? { grant } : { bytesSent: n, bytesReceived: n * 2 },
  });
  return { ...draft, atMs: broker.clock.nowMs() - Math.round((count - n) * 20 * dayMs / count) };
}
