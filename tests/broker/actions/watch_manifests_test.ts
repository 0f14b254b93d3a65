/** Manifests are looked at by themselves: at registration, and once a day. @module */
import assert from "node:assert/strict";
import { recheckMs } from "../../../broker/actions/check_manifest.ts";
import { SiteFault } from "../../../broker/actions/ports.ts";
import { registerApp } from "../../../broker/actions/register_app.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { anotherUrlMs } from "../../../broker/actions/watch_manifests.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";
import {
  appOrigin,
  appWithManifest,
  associationUrl,
  manifestUrl,
} from "../../fakes/manifest_app.ts";

async function running(use: (broker: FakeBroker) => Promise<void>): Promise<void> {
  const broker = fakeBroker();
  const started = await startBroker(broker);
  try {
    await use(broker);
  } finally {
    await started.stop();
  }
  assert.deepEqual(broker.log.errors, []);
  assert.equal(broker.clock.waiting, 0);
}

Deno.test("a manifest is looked at when its app registers, and a day later again", () =>
  running(async (broker) => {
    broker.resolver.addresses.set("mail.example.com", ["93.184.215.14"]);
    broker.sites.files.set(manifestUrl, "{}");
    const { app } = await registerApp(broker, {
      origin: appOrigin,
      name: "Mail",
      manifestUrl,
      token: null,
    });
    await broker.clock.advance(0);
    assert.equal(broker.store.get("manifest", app.id)?.record.state, "verified");
    await broker.clock.advance(recheckMs - 1);
    assert.equal(broker.sites.asked.length, 1);
    await broker.clock.advance(1);
    assert.equal(broker.sites.asked.length, 2);
  }));

Deno.test("an agreement that is withdrawn is noticed within a day, by itself", () =>
  running(async (broker) => {
    const app = await appWithManifest(broker);
    await broker.clock.advance(0);
    const state = () => broker.store.get("manifest", app.id)?.record.extensions[0]?.state;
    assert.equal(state(), "agreed");
    broker.sites.files.set(associationUrl, "{}");
    await broker.clock.advance(recheckMs);
    assert.equal(state(), "not-named");
  }));

Deno.test("what could not be reached is tried again in an hour", () =>
  running(async (broker) => {
    const app = await appWithManifest(broker);
    broker.sites.files.set(manifestUrl, new SiteFault("unreachable", "Away."));
    await broker.clock.advance(0);
    assert.equal(broker.store.get("manifest", app.id)?.record.state, "unreachable");
    const text = '{"name":"Back"}';
    broker.sites.files.set(manifestUrl, text);
    await broker.clock.advance(60 * 60 * 1000);
    assert.equal(broker.store.get("manifest", app.id)?.record.manifest?.name, "Back");
  }));

Deno.test("a page that names another manifest every second has one looked at in ten minutes", () =>
  running(async (broker) => {
    const app = await appWithManifest(broker);
    await broker.clock.advance(0);
    broker.sites.asked.length = 0;
    for (let n = 0; n < 30; n++) {
      const claims = { ...app.claims, manifestUrl: `${appOrigin}/${n}.json` };
      await broker.store.commit({
        puts: [{ noun: "app", id: app.id, record: { ...app, claims } }],
      });
      await broker.clock.advance(1000);
    }
    assert.equal(broker.sites.asked.length, 0);
    await broker.clock.advance(anotherUrlMs);
    assert.deepEqual(broker.sites.asked.filter((url) => url.startsWith(appOrigin)), [
      `${appOrigin}/29.json`,
    ]);
  }));

Deno.test("a store that can't write is not asked in a spin", async () => {
  const broker = fakeBroker();
  await appWithManifest(broker);
  const started = await startBroker(broker);
  broker.store.unavailableBecause = "The disk is full.";
  await broker.clock.advance(0);
  const asked = broker.sites.asked.length;
  await broker.clock.advance(59_000);
  assert.equal(broker.sites.asked.length, asked);
  assert.equal(
    broker.log.errors.filter(({ event }) => event === "manifest-check-failed").length,
    1,
  );
  broker.store.unavailableBecause = null;
  await broker.clock.advance(1000);
  assert.equal([...broker.store.list("manifest")].length, 1);
  await started.stop();
});

Deno.test("programs, extensions and apps without a manifest have nothing looked at", () =>
  running(async (broker) => {
    await appWithManifest(broker, { claims: { name: "Mail", manifestUrl: null, reason: null } });
    await appWithManifest(broker, {
      id: broker.secrets.newId("app"),
      kind: "extension",
      origin: "chrome-extension://abc",
    });
    await broker.clock.advance(recheckMs * 2);
    assert.deepEqual(broker.sites.asked, []);
  }));
