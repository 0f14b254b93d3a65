/** The table of tabs: each app's own, counted, and told of when they change. @module */
import assert from "node:assert/strict";
import { closeTab, noTabs, reportTab } from "../../../broker/core/host_access_requests.ts";
import { HostAccessTable } from "../../../broker/stores/host_access_table.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const mine = { appId: fakeId("app", 1), credentialId: fakeId("cred", 1) };
const tab = { tabId: 1, documentId: null, url: "https://a.example/", active: true };

Deno.test("tabs are found by who told of them, and by nobody else", () => {
  const table = new HostAccessTable();
  const state = reportTab(reportTab(noTabs, tab, 0), { ...tab, tabId: 2 }, 0);
  table.set(mine, state);
  assert.equal(table.get(mine), state);
  assert.equal(table.get({ ...mine, appId: fakeId("app", 2) }), noTabs);
  assert.equal(table.get({ ...mine, credentialId: fakeId("cred", 2) }), noTabs);
  assert.equal(table.size, 2);
  table.set(mine, closeTab(state, 1));
  assert.equal(table.size, 1);
  table.set(mine, noTabs);
  assert.equal(table.size, 0);
  assert.deepEqual(table.list(), []);
});

Deno.test("every change is told, with whose it is; none is not", () => {
  const table = new HostAccessTable();
  const told: string[] = [];
  const stop = table.subscribe((appId) => told.push(appId));
  const state = reportTab(noTabs, tab, 0);
  table.set(mine, state);
  table.set(mine, state);
  table.set({ ...mine, credentialId: fakeId("cred", 2) }, noTabs);
  assert.deepEqual(told, [mine.appId]);
  table.touch(mine.appId);
  stop();
  table.touch(mine.appId);
  assert.deepEqual(told, [mine.appId, mine.appId]);
});
