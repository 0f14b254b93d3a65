/** Many permissions at once: revoked and restored together, narrowed, exported, and imported after a dry run. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { closeAppSessions } from "../../../broker/actions/close_app_sessions.ts";
import { exportGrants } from "../../../broker/actions/export_grants.ts";
import { importGrants } from "../../../broker/actions/import_grants.ts";
import { narrowGrant } from "../../../broker/actions/narrow_grant.ts";
import { restoreGrants } from "../../../broker/actions/restore_grants.ts";
import { revokeAppGrants } from "../../../broker/actions/revoke_app_grants.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { readPolicy } from "../../../broker/core/read_policy.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { type GrantsFile, GrantsFile as FileSchema } from "../../../broker/schema/grants_file.ts";
import { GrantQuery } from "../../../broker/schema/list_query.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const hourMs = 3_600_000;

async function give(broker: FakeBroker, app: App, more: Partial<Grant> = {}): Promise<Grant> {
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
  return grant;
}

function targets(broker: FakeBroker): string[] {
  return [...broker.store.list("grant")].map(({ target }) => target).sort();
}

function exported(broker: FakeBroker, query: Record<string, string> = {}): GrantsFile {
  // As a file has it: through JSON, and its schema.
  const file = exportGrants(broker, GrantQuery.parse(query));
  return FileSchema.parse(JSON.parse(JSON.stringify(file)));
}

function problem(type: string): (fault: unknown) => boolean {
  return (fault) => fault instanceof ActionError && fault.type === type;
}

Deno.test("what was revoked together is restored together, however often it was", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const grants: Grant[] = [];
  for (let n = 0; n < 350; n++) grants.push(await give(broker, app, { target: `h${n}.example:1` }));
  const ids = grants.map(({ id }) => id);
  const before = targets(broker);
  for (let round = 0; round < 2; round++) {
    assert.equal((await revokeGrants(broker, ids)).revoked.length, 350);
    assert.deepEqual(targets(broker), []);
    const { restored, failed } = await restoreGrants(broker, ids);
    assert.deepEqual([restored.length, failed.length], [350, 0]);
    assert.deepEqual(targets(broker), before);
  }
});

Deno.test("what can't be restored is told, and keeps nothing else back", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const kept = await give(broker, app);
  const nowMs = broker.clock.nowMs();
  const timed = await give(broker, app, {
    target: "irc.example.com:6697",
    duration: { kind: "for", ms: hourMs },
    expiresAtMs: nowMs + hourMs,
  });
  await revokeGrants(broker, [kept.id, timed.id]);
  await broker.clock.advance(2 * hourMs);
  const never = broker.secrets.newId("grant");
  const { restored, failed } = await restoreGrants(broker, [kept.id, timed.id, never]);
  assert.deepEqual(restored, [kept.id]);
  assert.deepEqual(failed.map(({ id }) => id), [timed.id, never]);
  await assert.rejects(restoreGrants(broker, [never]), problem("not-found"));
});

Deno.test("everything of one app is revoked, and nothing of another", async () => {
  const broker = fakeBroker();
  const [mail, chat] = [await installedApp(broker), await installedApp(broker)];
  for (let n = 0; n < 900; n++) await give(broker, mail, { target: `h${n}.example:1` });
  await give(broker, chat);
  assert.equal((await revokeAppGrants(broker, mail.id)).revoked.length, 900);
  assert.deepEqual(targets(broker), ["imap.example.com:993"]);
  const nobody = broker.secrets.newId("app");
  await assert.rejects(revokeAppGrants(broker, nobody), problem("not-found"));
  assert.deepEqual(closeAppSessions(broker, mail.id), []);
});

Deno.test("a narrower permission takes the place of a wide one, until the same end", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const expiresAtMs = broker.clock.nowMs() + hourMs;
  const wide = await give(broker, app, {
    target: "*.example.com:443",
    duration: { kind: "until", atMs: expiresAtMs },
    expiresAtMs,
  });
  await assert.rejects(narrowGrant(broker, wide.id, "example.org:443"), problem("target-widened"));
  await assert.rejects(narrowGrant(broker, wide.id, "nonsense"), problem("invalid-body"));
  assert.deepEqual(targets(broker), ["*.example.com:443"]);
  const { revoked, grant } = await narrowGrant(broker, wide.id, "api.example.com:443");
  assert.equal(revoked, wide.id);
  assert.equal(grant.expiresAtMs, expiresAtMs);
  assert.deepEqual(targets(broker), ["api.example.com:443"]);
  assert.equal(grant.replaces, wide.id);
  assert.deepEqual((await restoreGrants(broker, [wide.id])).restored, [wide.id]);
  assert.deepEqual(targets(broker), ["*.example.com:443"]);
});

Deno.test("an export is imported on another machine, after a dry run that writes nothing", async () => {
  const [here, there] = [fakeBroker(), fakeBroker()];
  const app = await installedApp(here);
  await give(here, app);
  await give(here, app, { target: "*:443" });
  await give(here, app, { effect: "deny", target: "ads.example.com:*" });
  await give(here, app, { target: "once.example.com:1", duration: { kind: "once" } });
  const file = exported(here);
  assert.equal(file.permissions.length, 4);
  assert.equal(exported(here, { effect: "deny" }).permissions.length, 1);

  const none = await importGrants(there, { file });
  assert.equal(none.counts["app-not-here"], 4, "apps are not installed by a file");
  await installedApp(there);
  const dryRun = await importGrants(there, { file });
  const { counts, broad, rows, reviewToken, imported } = dryRun;
  assert.deepEqual([counts.new, counts.momentary, broad, imported.length], [3, 1, 1, 0]);
  assert.deepEqual(rows.map(({ target, outcome }) => [target, outcome]), [
    ["*:443", "new"],
    ["once.example.com:1", "momentary"],
  ]);
  assert.deepEqual(targets(there), []);
  assert.ok(reviewToken);
  await assert.rejects(
    importGrants(there, { file, reviewToken: "x" }),
    problem("stale-review"),
  );
  const done = await importGrants(there, { file, reviewToken });
  assert.equal(done.imported.length, 3);
  assert.deepEqual(targets(there), ["*:443", "ads.example.com:*", "imap.example.com:993"]);

  const again = await importGrants(there, { file });
  assert.deepEqual([again.counts.new, again.counts.duplicate], [0, 3]);
  await assert.rejects(importGrants(there, { file, reviewToken }), problem("stale-review"));
});

Deno.test("a duplicate further down in the file is one, and one that holds longer is none", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const expiresAtMs = broker.clock.nowMs() + hourMs;
  await give(broker, app, { duration: { kind: "for", ms: hourMs }, expiresAtMs });
  const file = exported(broker);
  const [timed] = file.permissions;
  assert.ok(timed);
  const always = { ...timed, duration: { kind: "always" as const }, expiresAtMs: null };
  const { counts } = await importGrants(broker, {
    file: { ...file, permissions: [timed, always, always] },
  });
  assert.deepEqual([counts.duplicate, counts.new], [2, 1]);
  await broker.clock.advance(2 * hourMs);
  assert.equal((await importGrants(broker, { file })).counts.over, 1);
});

Deno.test("an import never widens what policy allows", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await give(broker, app);
  const file = exported(broker);
  await revokeAppGrants(broker, app.id);
  const rule = { effect: "deny", apps: ["*"], capabilities: ["*"], targets: ["*.example.com:*"] };
  const text = JSON.stringify({ permissionBroker: { rules: [rule] } });
  broker.policy.replace(readPolicy(text, () => "1").policy);
  assert.equal((await importGrants(broker, { file })).counts["blocked-by-policy"], 1);
  broker.policy.replace({ durations: { longestMs: hourMs } });
  const [row] = (await importGrants(broker, { file })).rows;
  assert.equal(row?.outcome, "duration-not-allowed");
  assert.match(row?.detail ?? "", /60 minutes/);
});

Deno.test("a target that can't be read is told with its place, and nothing is imported", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await give(broker, app);
  const file = exported(broker);
  const [good] = file.permissions;
  assert.ok(good);
  const bad = { ...good, target: "host without a port" };
  await assert.rejects(
    importGrants(broker, { file: { ...file, permissions: [good, bad] } }),
    (fault) => {
      assert.ok(fault instanceof ActionError);
      assert.deepEqual(fault.errors?.map(({ pointer }) => pointer), ["/file/permissions/1/target"]);
      return true;
    },
  );
});
