/** The tables of what is live in this process: sessions and contexts. @module */
import assert from "node:assert/strict";
import type { LiveSession, SessionChange } from "../../../broker/actions/ports.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { ContextTable } from "../../../broker/stores/context_table.ts";
import { Listeners } from "../../../broker/stores/listeners.ts";
import { SessionTable } from "../../../broker/stores/session_table.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { sampleMs } from "./sample_records.ts";

function liveSession(n: number): LiveSession {
  return {
    session: {
      id: fakeId("sess", n),
      appId: fakeId("app", 1),
      contextId: fakeId("ctx", 1),
      capability: "tcp-connect",
      target: "imap.example.com:993",
      addresses: ["192.0.2.1"],
      remoteAddress: "192.0.2.1",
      remotePort: 993,
      localAddress: "192.0.2.2",
      localPort: 50_000,
      secureTransport: false,
      ruleIds: [],
      openedAtMs: sampleMs,
      bytesSent: 0,
      bytesReceived: 0,
      closedAtMs: null,
      error: null,
    },
    close: () => {},
  };
}

const cut: SessionError = { code: "permission-ended", phase: "policy", message: "Revoked." };

Deno.test("session table: lists sessions in the order in which they opened", () => {
  const table = new SessionTable();
  const live = [3, 1, 2].map(liveSession);
  for (const one of live) table.add(one);
  assert.deepEqual(table.list(), live);
  assert.equal(table.size, 3);
  assert.equal(table.get(fakeId("sess", 1)), live[1]);
  assert.equal(table.get(fakeId("sess", 4)), undefined);
  assert.throws(() => table.add(liveSession(1)), TypeError);
});

Deno.test("session table: the first reason for the end of a session stands", () => {
  const table = new SessionTable();
  const changes: SessionChange[] = [];
  table.subscribe((change) => changes.push(change));
  const live = liveSession(1);
  table.add(live);
  table.remove(live.session.id, cut, sampleMs + 5);
  table.remove(live.session.id, null, sampleMs + 9);
  assert.equal(live.session.closedAtMs, sampleMs + 5);
  assert.deepEqual(live.session.error, cut);
  assert.deepEqual(changes.map(({ kind, session }) => [kind, session.id]), [
    ["opened", live.session.id],
    ["closed", live.session.id],
  ]);
  assert.equal(table.size, 0);
});

Deno.test("session table: sessions may be closed while the table is read", () => {
  const table = new SessionTable();
  for (const n of [1, 2, 3]) table.add(liveSession(n));
  for (const { session } of table.list()) table.remove(session.id, cut, sampleMs);
  assert.equal(table.size, 0);
});

Deno.test("context table: counts contexts by app, and tells of each that comes or goes", () => {
  const table = new ContextTable();
  const [one, two] = [fakeId("app", 1), fakeId("app", 2)];
  const changes: [string, boolean, number][] = [];
  table.subscribe(({ appId, contextId, open }) =>
    changes.push([contextId, open, table.count(appId)])
  );
  table.add(one, "ctx_a");
  table.add(one, "ctx_b");
  table.add(one, "ctx_b");
  table.add(two, "ctx_c");
  assert.throws(() => table.add(two, "ctx_a"), TypeError);
  assert.deepEqual([table.count(one), table.count(two)], [2, 1]);
  table.remove(two, "ctx_a");
  assert.ok(table.has("ctx_a"));
  table.remove(one, "ctx_a");
  table.remove(one, "ctx_a");
  table.remove(one, "ctx_b");
  assert.ok(!table.has("ctx_a"));
  assert.deepEqual([table.count(one), table.count(two)], [0, 1]);
  assert.deepEqual(changes, [
    ["ctx_a", true, 1],
    ["ctx_b", true, 2],
    ["ctx_c", true, 1],
    ["ctx_a", false, 1],
    ["ctx_b", false, 0],
  ]);
});

Deno.test("listeners: one that throws is reported, and spoils nothing for the others", () => {
  const listeners = new Listeners<number>();
  const heard: number[] = [];
  const fault = new Error("at fault");
  const leave = listeners.add(() => {
    throw fault;
  });
  listeners.add((change) => heard.push(change));
  const reported: unknown[] = [];
  const report = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", report);
  try {
    listeners.notify(1);
    leave();
    listeners.notify(2);
  } finally {
    globalThis.removeEventListener("error", report);
  }
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(reported, [fault]);
});

Deno.test("listeners: one function may come twice and leave once, and leave while it is called", () => {
  const listeners = new Listeners<string>();
  const heard: string[] = [];
  const listener = (change: string) => {
    heard.push(change);
    leaveFirst();
  };
  const leaveFirst = listeners.add(listener);
  listeners.add(listener);
  listeners.notify("a");
  listeners.notify("b");
  assert.deepEqual(heard, ["a", "a", "b"]);
});
