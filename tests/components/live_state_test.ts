/** What a page keeps while the stream brings changes: the snapshot, the inbox, rows, rates and history. @module */
import assert from "node:assert/strict";
import { applyChange } from "../../components/dashboard_change.ts";
import { createDashboard } from "../../components/dashboard_model.ts";
import { listUrl } from "../../components/list_query_text.ts";
import { setPaused, showChange, showSnapshot } from "../../components/pause.ts";
import {
  applyCardEvent,
  emptyInbox,
  groupByApp,
  headingAfter,
  headingIds,
  type Inbox,
  letIn,
  updateInbox,
} from "../../components/inbox.ts";
import { closedRowMs, shownRows } from "../../components/session_rows.ts";
import { rateOf, sampleTraffic, sparkline, type Traffic } from "../../components/traffic.ts";
import {
  historyRow,
  imapGrant,
  imapRequest,
  imapSession,
  mailApp,
  nowMs,
  snapshotOf,
} from "./shown_views.ts";

const ids = (inbox: Inbox) => inbox.requests.map(({ view }) => Number(view.id.slice(-2)));

Deno.test("a change puts, replaces in place, and takes out; what did not change stays the same", () => {
  const before = snapshotOf({
    requests: [imapRequest(1), imapRequest(2), imapRequest(3)],
    grants: [imapGrant(1)],
  });
  const after = applyChange(before, {
    nowMs: nowMs + 1,
    mode: "quiet",
    requests: [imapRequest(2, { count: 5 }), imapRequest(4)],
    removedRequests: [imapRequest(1).id],
  });
  assert.deepEqual(after.requests.map(({ id, count }) => [id.slice(-1), count]), [
    ["2", 5],
    ["3", 1],
    ["4", 1],
  ]);
  assert.equal(after.mode, "quiet");
  assert.equal(after.nowMs, nowMs + 1);
  assert.equal(after.grants, before.grants);
  assert.equal(before.requests.length, 3);
});

Deno.test("a change that comes twice does no harm", () => {
  const change = {
    nowMs,
    sessions: [imapSession(1)],
    removedGrants: [imapGrant(1).id],
    history: [historyRow(2)],
  };
  const once = applyChange(
    snapshotOf({ grants: [imapGrant(1)], history: [historyRow(1)] }),
    change,
  );
  assert.deepEqual(applyChange(once, change), once);
  assert.deepEqual(once.history.map(({ seq }) => seq), [2, 1]);
});

Deno.test("a record put and removed by one change is there", () => {
  const grant = imapGrant(1);
  const after = applyChange(snapshotOf(), { nowMs, grants: [grant], removedGrants: [grant.id] });
  assert.deepEqual(after.grants, [grant]);
});

Deno.test("the history that a page keeps is bounded", () => {
  let snapshot = snapshotOf();
  for (let seq = 1; seq <= 700; seq++) {
    snapshot = applyChange(snapshot, { nowMs, history: [historyRow(seq)] });
  }
  assert.equal(snapshot.history.length, 500);
  assert.equal(snapshot.history[0]?.seq, 700);
});

Deno.test("inbox: clicked first, then the oldest, put off last", () => {
  const inbox = updateInbox(emptyInbox, {
    apps: [],
    requests: [
      imapRequest(1, { userActivation: false, createdAtMs: 1 }),
      imapRequest(2, { createdAtMs: 3 }),
      imapRequest(3, { createdAtMs: 2 }),
      imapRequest(4, { createdAtMs: 0, postponedAtMs: 9 }),
    ],
  });
  assert.deepEqual(ids(inbox), [3, 2, 1, 4]);
});

Deno.test("inbox: arrivals wait, and never move what is shown", () => {
  const first = updateInbox(emptyInbox, { apps: [], requests: [imapRequest(2)] });
  const sources = { apps: [], requests: [imapRequest(1, { createdAtMs: 0 }), imapRequest(2)] };
  const second = updateInbox(first, sources);
  assert.deepEqual(ids(second), [2]);
  assert.equal(second.arrivals, 1);
  const third = letIn(second, sources);
  assert.deepEqual(ids(third), [2, 1]);
  assert.equal(third.arrivals, 0);
});

Deno.test("inbox: an installation that arrives waits too, and one that stands keeps requests waiting", () => {
  const app = mailApp({ state: "pending-installation" });
  const shown = updateInbox(emptyInbox, { apps: [], requests: [imapRequest(1)] });
  const arrived = updateInbox(shown, { apps: [app], requests: [imapRequest(1)] });
  assert.deepEqual([arrived.installations.length, arrived.arrivals], [0, 1]);
  const card = updateInbox(emptyInbox, { apps: [app], requests: [] });
  const behind = updateInbox(card, { apps: [app], requests: [imapRequest(1)] });
  assert.deepEqual([behind.installations.length, ids(behind), behind.arrivals], [1, [], 1]);
});

Deno.test("inbox: on an empty page an arrival is shown at once", () => {
  const empty = updateInbox(emptyInbox, { apps: [], requests: [] });
  assert.deepEqual(ids(updateInbox(empty, { apps: [], requests: [imapRequest(7)] })), [7]);
});

Deno.test("inbox: what ended elsewhere stays in its place and says so, until cleared", () => {
  const both = updateInbox(emptyInbox, { apps: [], requests: [imapRequest(1), imapRequest(2)] });
  const ended = updateInbox(both, { apps: [], requests: [imapRequest(2)] });
  assert.deepEqual(ended.requests.map((entry) => entry.ended), [true, false]);
  const cleared = applyCardEvent(ended, { kind: "cleared", id: imapRequest(1).id });
  assert.deepEqual(ids(cleared), [2]);
});

Deno.test("inbox: what was answered here does not come back", () => {
  const sources = { apps: [], requests: [imapRequest(1)] };
  const shown = updateInbox(emptyInbox, sources);
  const answered = applyCardEvent(shown, { kind: "answered", id: imapRequest(1).id });
  assert.deepEqual(ids(updateInbox(answered, sources)), []);
});

Deno.test("inbox: a changed card says so; the same asked again does not", () => {
  const shown = updateInbox(emptyInbox, { apps: [], requests: [imapRequest(1)] });
  const again = updateInbox(shown, { apps: [], requests: [imapRequest(1, { count: 2 })] });
  assert.equal(again.requests[0]?.changed, false);
  const changed = updateInbox(again, {
    apps: [],
    requests: [imapRequest(1, { reviewToken: "other" })],
  });
  assert.equal(changed.requests[0]?.changed, true);
  const reread = applyCardEvent(changed, { kind: "reread", id: imapRequest(1).id });
  assert.equal(reread.requests[0]?.changed, false);
});

Deno.test("inbox: silencing takes an app's cards away, and keeps the others", () => {
  const other = mailApp({ id: `app_${"f".repeat(32)}` });
  const requests = [imapRequest(1), imapRequest(2, { app: other }), imapRequest(3)];
  const shown = updateInbox(emptyInbox, { apps: [], requests });
  const silenced = applyCardEvent(shown, { kind: "silenced", appId: mailApp().id });
  assert.deepEqual(ids(silenced), [2]);
  assert.deepEqual(groupByApp(shown.requests).map((group) => group.requests.length), [2, 1]);
});

Deno.test("focus goes to the next card, else the one before, else nowhere", () => {
  const requests = [1, 2, 3].map((n) => imapRequest(n, { createdAtMs: n }));
  const shown = updateInbox(emptyInbox, { apps: [], requests });
  const next = (n: number, kind: "answered" | "postponed") => {
    const event = { kind, id: imapRequest(n).id };
    return headingAfter(shown, applyCardEvent(shown, event), event)?.slice(-1) ?? null;
  };
  assert.deepEqual(headingIds(shown).map((id) => id.slice(-1)), ["1", "2", "3"]);
  assert.equal(next(1, "answered"), "2");
  assert.equal(next(3, "answered"), "2");
  assert.equal(next(1, "postponed"), "2");
  const single = updateInbox(emptyInbox, { apps: [], requests: [imapRequest(1)] });
  const event = { kind: "answered", id: imapRequest(1).id } as const;
  assert.equal(headingAfter(single, applyCardEvent(single, event), event), null);
});

Deno.test("rows: a closed connection stays a while in its place, with what allowed it", () => {
  const open = snapshotOf({ sessions: [imapSession(1), imapSession(2)] });
  const error = {
    code: "permission-ended",
    phase: "policy",
    message: "Its permission ended.",
  } as const;
  const ended = imapSession(1, { closedAtMs: nowMs, bytesSent: 7, error, grants: [] });
  const closed = applyChange(open, { nowMs: nowMs + 5, sessions: [ended] });
  assert.deepEqual(closed.sessions.map(({ closedAtMs }) => closedAtMs), [nowMs, null]);
  assert.deepEqual(closed.sessions[0]?.error, error);
  assert.equal(closed.sessions[0]?.bytesSent, 7);
  assert.deepEqual(closed.sessions[0]?.grants, open.sessions[0]?.grants);
  assert.equal(shownRows(closed.sessions, nowMs + closedRowMs - 1).length, 2);
  assert.deepEqual(
    shownRows(closed.sessions, nowMs + closedRowMs).map(({ id }) => id),
    [imapSession(2).id],
  );
  const later = applyChange(closed, { nowMs: nowMs + closedRowMs });
  assert.deepEqual(later.sessions.map(({ id }) => id), [imapSession(2).id]);
});

Deno.test("rates: none from one sample, then over the last two seconds and a bit", () => {
  let seen: ReadonlyMap<string, Traffic> = new Map();
  const sample = (atMs: number, bytesReceived: number) => {
    seen = sampleTraffic(seen, [{ id: "s", bytesSent: 0, bytesReceived }], atMs);
    return rateOf(seen.get("s") ?? [], atMs);
  };
  assert.equal(sample(0, 0), 0);
  assert.equal(sample(1_000, 5_000), 5_000);
  assert.equal(sample(2_000, 5_000), 2_500);
  assert.equal(sample(3_000, 9_000), 2_000);
  assert.equal(sample(3_000, 9_000), 2_000);
  assert.equal(sampleTraffic(seen, [], 4_000).size, 0);
});

Deno.test("rates fall to zero when nothing comes any more", () => {
  const traffic: Traffic = [{ atMs: 0, bytesSent: 0, bytesReceived: 0 }, {
    atMs: 1_000,
    bytesSent: 0,
    bytesReceived: 100,
  }];
  assert.equal(rateOf(traffic, 3_000), 0);
});

Deno.test("samples older than a minute go, but for one at the edge", () => {
  let seen: ReadonlyMap<string, Traffic> = new Map();
  for (let atMs = 0; atMs <= 100_000; atMs += 1_000) {
    seen = sampleTraffic(seen, [{ id: "s", bytesSent: atMs, bytesReceived: 0 }], atMs);
  }
  assert.equal(seen.get("s")?.[0]?.atMs, 40_000);
  assert.equal(seen.get("s")?.length, 61);
});

Deno.test("sparkline: begins where samples do, and its peak is the highest rate", () => {
  assert.deepEqual(sparkline([], nowMs, 60, 20), { path: "", peak: 0 });
  const traffic: Traffic = Array.from({ length: 11 }, (_, i) => ({
    atMs: nowMs - 20_000 + i * 2_000,
    bytesSent: 0,
    bytesReceived: i * 1_000 + (i === 10 ? 3_000 : 0),
  }));
  const { path, peak } = sparkline(traffic, nowMs, 60, 20);
  assert.equal(peak, 2_000);
  assert.equal(path.split("L").length, 10);
  assert.match(path, /^M\d+\.\d 14\.8L/);
  assert.match(path, / 0\.5$/);
});

Deno.test("history: new rows come first, and a row that comes again takes its own place", () => {
  const before = snapshotOf({ history: [historyRow(5), historyRow(4)] });
  const undone = historyRow(4, { restores: imapGrant(1).id });
  const after = applyChange(before, { nowMs, history: [historyRow(7), historyRow(6), undone] });
  assert.deepEqual(after.history.map(({ seq }) => seq), [7, 6, 5, 4]);
  assert.equal(after.history[3]?.restores, imapGrant(1).id);
});

Deno.test("paused, lists stand still and requests do not; after it nothing is lost", () => {
  const dashboard = createDashboard(snapshotOf({ grants: [imapGrant(1)] }));
  setPaused(dashboard, true);
  showChange(dashboard, {
    nowMs: nowMs + 1,
    grants: [imapGrant(2)],
    requests: [imapRequest(1)],
    mode: "quiet",
  });
  assert.deepEqual(dashboard.snapshot.value.grants.map(({ id }) => id), [imapGrant(1).id]);
  assert.equal(dashboard.snapshot.value.requests.length, 1);
  assert.equal(dashboard.snapshot.value.mode, "quiet");
  showChange(dashboard, { nowMs: nowMs + 2, removedGrants: [imapGrant(1).id] });
  setPaused(dashboard, true);
  setPaused(dashboard, false);
  assert.deepEqual(dashboard.snapshot.value.grants.map(({ id }) => id), [imapGrant(2).id]);
  assert.equal(dashboard.snapshot.value.nowMs, nowMs + 2);
});

Deno.test("paused, what was asked for anew is shown all the same, and stands still again", () => {
  const dashboard = createDashboard(snapshotOf({ grants: [imapGrant(1)] }));
  setPaused(dashboard, true);
  showSnapshot(dashboard, snapshotOf({ grants: [imapGrant(3)] }));
  showChange(dashboard, { nowMs, grants: [imapGrant(4)] });
  assert.deepEqual(dashboard.snapshot.value.grants.map(({ id }) => id), [imapGrant(3).id]);
  setPaused(dashboard, false);
  assert.equal(dashboard.snapshot.value.grants.length, 2);
});

Deno.test("a list's URL says only what is not so anyway", () => {
  assert.equal(listUrl("permissions", { sort: "newest", limit: 100, q: "" }), "/permissions");
  assert.equal(listUrl("connections", { sort: "oldest" }), "/connections");
  assert.equal(
    listUrl("permissions", { q: "a b", sort: "app", cursor: "x" }, { cursor: null }),
    "/permissions?q=a+b&sort=app",
  );
});
