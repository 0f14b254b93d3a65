/** The table of what apps have used of their limits. @module */
import assert from "node:assert/strict";
import type { ConnectPlace } from "../../../broker/actions/ports.ts";
import { LimitTable } from "../../../broker/stores/limit_table.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const place = (key: string, concurrent: number): ConnectPlace => ({
  key,
  limit: { perMinute: 100_000, concurrent },
  whither: `to ${key}`,
});

function connect(table: LimitTable, ...places: ConnectPlace[]): () => void {
  const taken = table.connect(places, 0);
  assert.ok("leave" in taken, "within the limits");
  return taken.leave;
}

Deno.test("a connection is taken out of every count or out of none", () => {
  const table = new LimitTable();
  connect(table, place("b", 1));
  assert.ok("message" in table.connect([place("a", 1), place("b", 1)], 0), "b is used up");
  connect(table, place("a", 1));
});

Deno.test("leaving makes room once", () => {
  const table = new LimitTable();
  const leave = connect(table, place("a", 2));
  connect(table, place("a", 2));
  leave();
  leave();
  connect(table, place("a", 2));
  assert.ok("message" in table.connect([place("a", 2)], 0));
});

Deno.test("targets that are idle are forgotten", () => {
  const table = new LimitTable();
  const open = connect(table, place("open", 1));
  for (let n = 0; n < 5000; n++) {
    const taken = table.connect([place(`target ${n}`, 1)], n * 60_000);
    assert.ok("leave" in taken);
    taken.leave();
  }
  assert.ok(table.size < 1100, `${table.size} are kept`);
  assert.ok("message" in table.connect([place("open", 1)], 0), "what is open is not forgotten");
  open();
});

Deno.test("questions are counted for each app", () => {
  const table = new LimitTable();
  const [one, two] = [fakeId("app", 1), fakeId("app", 2)];
  for (let n = 0; n < 60; n++) assert.equal(table.ask(one, 60, 0), 0);
  assert.equal(table.ask(one, 60, 0), 1000);
  assert.equal(table.ask(two, 60, 0), 0);
  assert.equal(table.ask(one, 60, 1000), 0);
});

Deno.test("apps that no longer ask are forgotten", () => {
  const table = new LimitTable();
  for (let n = 0; n < 5000; n++) assert.equal(table.ask(fakeId("app", n), 60, n * 60_000), 0);
  assert.ok(table.size < 1100, `${table.size} are kept`);
});

const mail = { key: "to a", limit: { packetsPerSecond: 2, bytesPerSecond: 100_000 } };
const all = { key: "in all", limit: { packetsPerSecond: 3, bytesPerSecond: 100_000 } };

Deno.test("a datagram is taken out of every count or out of none", () => {
  const table = new LimitTable();
  assert.equal(table.datagram([mail, all], 0, 10), null);
  assert.equal(table.datagram([mail, all], 0, 10), null);
  const reached = table.datagram([all, mail], 0, 10);
  assert.equal(reached?.message, "This app may send 2 packets a second.");
  assert.equal(table.datagram([all], 0, 10), null, "the refused one was taken out of none");
  assert.ok(table.datagram([all], 0, 10), "and the third was the last");
  assert.equal(table.datagram([mail, all], 1000, 10), null);
  assert.match(table.datagram([mail], 1000, 99_995)?.message ?? "", /bytes a second/);
});

Deno.test("destinations that are sent nothing any more are forgotten", () => {
  const table = new LimitTable();
  for (let n = 0; n < 5000; n++) {
    assert.equal(table.datagram([{ ...mail, key: `to ${n}` }], n * 10_000, 1), null);
  }
  assert.ok(table.size < 1100, `${table.size} are kept`);
});
