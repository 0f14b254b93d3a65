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
